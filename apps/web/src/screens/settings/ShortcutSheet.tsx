/** All keys at a glance, and what a mouse does besides. */
import { useEffect, useState } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { usePreferences } from "../../app/use-studio.js";
import { ACTION_NAMES, ACTIONS, keysOf } from "../../shortcuts/table.js";
import { text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";
import { Keys } from "./Keys.js";
import styles from "./Settings.module.css";

/** What a mouse does in the timeline; each has keys or a number of its own. */
const GESTURES = ["pan", "zoom", "drag", "free", "add"] as const;

/** The sheet, and the button and key that open it. */
export function ShortcutSheet() {
  const [open, setOpen] = useState(false);
  const chosen = usePreferences((preferences) => preferences.shortcuts);
  useEffect(() => shortcuts.handle("sheet", () => setOpen(true)), []);
  return (
    <Sheet title={text("shortcuts.title")} button={text("shortcuts.open")} open={open} onOpenChange={setOpen}>
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
    </Sheet>
  );
}
