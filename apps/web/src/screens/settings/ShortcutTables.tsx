/** All keys, and what a mouse does besides; it comes when the sheet is first opened. */
import { usePreferences } from "../../app/use-studio.js";
import { ACTION_NAMES, ACTIONS, keysOf } from "../../shortcuts/table.js";
import { text } from "../../strings/text.js";
import { Keys } from "./Keys.js";
import styles from "./Settings.module.css";

/** What a mouse does in the timeline; each has keys or a number of its own. */
const GESTURES = ["pan", "zoom", "drag", "free", "add"] as const;

/** The tables of the sheet. */
export function ShortcutTables() {
  const chosen = usePreferences((preferences) => preferences.shortcuts);
  return (
    <>
      <p>{text("shortcuts.where")}</p>
      <table className={styles["keys"]}>
        <thead>
          <tr>
            <th scope="col">{text("shortcuts.action")}</th>
            <th scope="col">{text("shortcuts.keys")}</th>
          </tr>
        </thead>
        <tbody>
          {ACTION_NAMES.map((name) => (
            <tr key={name}>
              <th scope="row">{text(ACTIONS[name].label)}</th>
              <td>
                <Keys keys={keysOf(name, chosen)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{text("mouse.title")}</h3>
      <table className={styles["keys"]} aria-label={text("mouse.title")}>
        <tbody>
          {GESTURES.map((name) => (
            <tr key={name}>
              <th scope="row">{text(`mouse.${name}`)}</th>
              <td>{text(`mouse.${name}.how`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
