/** What becomes of the video's own sound; not shown where it has none. */
import { useDocument, useSession } from "../../app/use-session.js";
import { setOriginal, setOriginalGain } from "../../document/commands.js";
import { text } from "../../strings/text.js";
import { RangeField } from "../common/RangeField.js";
import styles from "./Inspector.module.css";

/** Ways to treat it. */
const USES = ["replace", "mix", "keep"] as const;

/** Replace, mix with a gain, or keep beside. */
export function OriginalSoundFields({ readOnly }: { readonly readOnly: boolean }) {
  const { store } = useSession().project;
  const original = useDocument((document) => document.original);
  const sound = useDocument((document) => document.source?.sound ?? false);
  if (!sound) return null;
  return (
    <fieldset className={styles["original"]} disabled={readOnly}>
      <legend>{text("inspector.original")}</legend>
      {USES.map((use) => (
        <label key={use}>
          <input type="radio" name="original" checked={original.use === use} onChange={() => store.dispatch(setOriginal(use))} />
          {text(`inspector.original.${use}`)}
        </label>
      ))}
      {original.use === "mix" && (
        <RangeField
          label={text("inspector.originalGain")}
          {...{ value: original.gainDb, range: [-60, 24], step: 0.5, digits: 1, readOnly, make: setOriginalGain }}
        />
      )}
    </fieldset>
  );
}
