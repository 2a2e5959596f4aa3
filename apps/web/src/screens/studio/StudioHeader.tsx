/** The project's name, undo and redo, whether it is stored, and the dialogs; on a phone two lines with signs, and what is rare behind a button. */
import { useId, useState } from "react";
import { useStore } from "zustand";
import { useDocument, useSession } from "../../app/use-session.js";
import { useStudio } from "../../app/use-studio.js";
import { rename } from "../../document/commands.js";
import { type StringKey, text } from "../../strings/text.js";
import { Icon, type IconName } from "../common/Icon.js";
import { useGestureField } from "../common/use-gesture-field.js";
import { useKeyTitle } from "../common/use-key-title.js";
import { DeliverDialog } from "../deliver/DeliverDialog.js";
import { ModelsDialog } from "../models/ModelsDialog.js";
import { SettingsDialog } from "../settings/SettingsDialog.js";
import { ShortcutSheet } from "../settings/ShortcutSheet.js";
import styles from "./StudioScreen.module.css";

/** The line above all panes. */
export function StudioHeader() {
  const flow = useStudio();
  const { store } = useSession().project;
  const name = useDocument((document) => document.name);
  const field = useGestureField(name, rename);
  const readOnly = useStore(store, (state) => state.readOnly);
  const [more, setMore] = useState(false);
  const rest = useId();
  return (
    <header className={styles["header"]}>
      <button type="button" onClick={() => void flow.close()}>
        <Words icon="left">{text("studio.back")}</Words>
      </button>
      <h1>
        <input className={styles["name"]} aria-label={text("studio.name")} readOnly={readOnly} {...field} />
      </h1>
      <UndoButton way="undo" />
      <UndoButton way="redo" />
      <SavingState />
      <button type="button" className={styles["more"]} aria-expanded={more} aria-controls={rest} onClick={() => setMore(!more)}>
        {text("studio.more")}
      </button>
      <div id={rest} className={styles["rest"]} data-open={more}>
        <ModelsDialog />
        <ShortcutSheet />
        <SettingsDialog />
      </div>
      <DeliverDialog />
    </header>
  );
}

function UndoButton({ way }: { readonly way: "undo" | "redo" }) {
  const { store } = useSession().project;
  const label = useStore(store, ({ past, future }) => (way === "undo" ? past : future).at(-1)?.label);
  const readOnly = useStore(store, (state) => state.readOnly);
  const words = text(way === "undo" ? "studio.undo" : "studio.redo");
  // Stays focusable while there is nothing to take back: who walks by keyboard does not lose the place.
  return (
    <button
      type="button"
      aria-disabled={label === undefined || readOnly}
      title={useKeyTitle(label === undefined ? words : `${words}: ${text(label as StringKey)}`, way)}
      onClick={() => store[way]()}
    >
      <Words icon={way}>{words}</Words>
    </button>
  );
}

/** Words where there is room for them, else a sign; they stay what it is called. */
function Words({ icon, children }: { readonly icon: IconName; readonly children: string }) {
  return (
    <>
      <span className={styles["words"]}>{children}</span>
      <span className={styles["sign"]}>
        <Icon name={icon} />
      </span>
    </>
  );
}

function SavingState() {
  const { saving, store } = useSession().project;
  const { lasting } = useStudio().projects;
  const phase = useStore(saving, (state) => (state.unsavedTakes > 0 ? "failed" : state.phase));
  const readOnly = useStore(store, (state) => state.readOnly);
  if (readOnly || !lasting) return null;
  return (
    <span className={styles["saving"]} data-phase={phase}>
      {text(phase === "failed" ? "storage.failed" : phase === "saving" ? "storage.saving" : "storage.saved")}
    </span>
  );
}
