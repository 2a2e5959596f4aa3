/** Other keys for actions: search, press the new key, put back. */
import { type KeyboardEvent, useState } from "react";
import { preferences } from "../../app/preferences.js";
import { usePreferences } from "../../app/use-studio.js";
import { keyOf } from "../../shortcuts/keys.js";
import { PRESET_NAMES, PRESETS, type PresetName, presetOf } from "../../shortcuts/presets.js";
import { ACTION_NAMES, ACTIONS, type ActionName, actionOf, keysOf } from "../../shortcuts/table.js";
import { text } from "../../strings/text.js";
import { Keys } from "./Keys.js";
import { keyWords } from "./key-words.js";
import styles from "./Settings.module.css";

/** The list of actions with their keys. */
export function ShortcutSettings() {
  const [search, setSearch] = useState("");
  const [told, setTold] = useState("");
  const chosen = usePreferences((all) => all.shortcuts);
  const wanted = search.trim().toLowerCase();
  const names = ACTION_NAMES.filter((name) =>
    [text(ACTIONS[name].label), ...keysOf(name, chosen).map((key) => keyWords(key))].some((words) =>
      words.toLowerCase().includes(wanted),
    ),
  );
  return (
    <section aria-labelledby="shortcut-settings">
      <h3 id="shortcut-settings">{text("shortcuts.title")}</h3>
      <p>{text("shortcuts.where")}</p>
      <div className={styles["choices"]}>
        <label className={styles["choice"]}>
          {text("shortcuts.search")}
          <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
        </label>
        <Preset onChosen={setTold} />
        <button type="button" onClick={() => preferences.setState({ shortcuts: {} })}>
          {text("shortcuts.resetAll")}
        </button>
      </div>
      <p role="status" className={styles["told"]}>
        {told}
      </p>
      <table className={styles["keys"]}>
        <thead>
          <tr>
            <th scope="col">{text("shortcuts.action")}</th>
            <th scope="col">{text("shortcuts.keys")}</th>
            <th scope="col">{text("shortcuts.change")}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <Row key={name} name={name} onTold={setTold} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Keys as another program has them. */
function Preset({ onChosen }: { readonly onChosen: (sentence: string) => void }) {
  const chosen = usePreferences((all) => all.shortcuts);
  return (
    <label className={styles["choice"]}>
      {text("shortcuts.preset")}
      <select
        value={presetOf(chosen) ?? "own"}
        onChange={({ target }) => {
          const name = target.value as PresetName;
          preferences.setState({ shortcuts: PRESETS[name] });
          onChosen(text("shortcuts.presetTaken", { name: text(`shortcuts.preset.${name}`) }));
        }}
      >
        {presetOf(chosen) === undefined && (
          <option value="own" disabled>
            {text("shortcuts.preset.own")}
          </option>
        )}
        {PRESET_NAMES.map((name) => (
          <option key={name} value={name}>
            {text(`shortcuts.preset.${name}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Row({ name, onTold }: { readonly name: ActionName; readonly onTold: (sentence: string) => void }) {
  const chosen = usePreferences((all) => all.shortcuts);
  const [listening, setListening] = useState(false);
  const label = text(ACTIONS[name].label);
  const listen = (event: KeyboardEvent): void => {
    const { key } = event;
    const pressed = keyOf(event.nativeEvent);
    if (!listening || pressed === undefined) return;
    setListening(false);
    if (key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "Escape") return;
    const before = actionOf(pressed, chosen);
    const taken = before !== undefined && before !== name;
    preferences.setState({
      shortcuts: {
        ...chosen,
        ...(taken && { [before]: keysOf(before, chosen).filter((one) => one !== pressed) }),
        [name]: [pressed],
      },
    });
    onTold(
      taken
        ? text("shortcuts.taken", { key: keyWords(pressed), action: label, before: text(ACTIONS[before].label) })
        : text("shortcuts.changed", { key: keyWords(pressed), action: label }),
    );
  };
  const reset = (): void => {
    const { [name]: _gone, ...others } = chosen;
    preferences.setState({ shortcuts: others });
  };
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        <Keys keys={keysOf(name, chosen)} />
      </td>
      <td>
        <button
          type="button"
          aria-label={text(listening ? "shortcuts.press" : "shortcuts.changeOf", { action: label })}
          aria-pressed={listening}
          onClick={(event) => {
            // Enter and Space that choose the new key are no clicks.
            if (event.detail > 0 || !listening) setListening(!listening);
          }}
          onKeyDown={listen}
          onBlur={() => setListening(false)}
        >
          {text(listening ? "shortcuts.pressShort" : "shortcuts.change")}
        </button>{" "}
        {Object.hasOwn(chosen, name) && (
          <button type="button" aria-label={text("shortcuts.resetOf", { action: label })} onClick={reset}>
            {text("shortcuts.reset")}
          </button>
        )}
      </td>
    </tr>
  );
}
