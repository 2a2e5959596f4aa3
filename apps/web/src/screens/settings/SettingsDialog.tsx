/** What a person chooses for all projects. */
import { lazy, Suspense, useEffect, useState } from "react";
import { type Preferences, preferences } from "../../app/preferences.js";
import { shortcuts } from "../../app/shortcuts.js";
import { useApp, usePreferences, useStudio } from "../../app/use-studio.js";
import { type StringKey, text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";
import styles from "./Settings.module.css";

const ShortcutSettings = lazy(async () => ({ default: (await import("./ShortcutSettings.js")).ShortcutSettings }));
const PrivacyDialog = lazy(async () => ({ default: (await import("../privacy/PrivacyDialog.js")).PrivacyDialog }));

/** The dialog and the button that opens it. */
export function SettingsDialog() {
  const { state } = useStudio();
  const open = useApp(({ settings }) => settings);
  useEffect(() => shortcuts.handle("settings", () => state.setState({ settings: true })), [state]);
  const [privacy, setPrivacy] = useState<boolean>();
  return (
    <Sheet
      title={text("settings.title")}
      button={text("settings.title")}
      open={open}
      onOpenChange={(settings) => state.setState({ settings })}
    >
      <div className={styles["choices"]}>
        <Choice name="theme" values={["system", "light", "dark"]} />
        <Choice name="language" values={["system", "en", "de"]} />
        <Choice name="units" values={["timecode", "seconds", "frames"]} />
      </div>
      <button type="button" onClick={() => setPrivacy(true)}>
        {text("privacy.title")}
      </button>
      {privacy !== undefined && (
        <Suspense fallback={null}>
          <PrivacyDialog open={privacy} onOpenChange={setPrivacy} />
        </Suspense>
      )}
      <Suspense fallback={null}>
        <ShortcutSettings />
      </Suspense>
    </Sheet>
  );
}

function Choice<Name extends "theme" | "language" | "units">({
  name,
  values,
}: {
  readonly name: Name;
  readonly values: readonly Preferences[Name][];
}) {
  const value = usePreferences((chosen) => chosen[name]);
  return (
    <label className={styles["choice"]}>
      {text(`settings.${name}`)}
      <select value={value} onChange={(event) => preferences.setState({ [name]: event.target.value })}>
        {values.map((one) => (
          <option key={one} value={one}>
            {text(`settings.${name}.${one}` as StringKey)}
          </option>
        ))}
      </select>
    </label>
  );
}
