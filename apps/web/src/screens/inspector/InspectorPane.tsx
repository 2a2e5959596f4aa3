/** Prompt and settings of what is chosen. */
import { useStore } from "zustand";
import { useSession } from "../../app/use-session.js";
import { text } from "../../strings/text.js";
import { useCue } from "../common/use-cue.js";
import styles from "./Inspector.module.css";
import { MakeButtons } from "./MakeButtons.js";
import { OriginalSoundFields } from "./OriginalSoundFields.js";
import { PromptField } from "./PromptField.js";
import { SoundSettings } from "./SoundSettings.js";

/** Prompt and settings of what is chosen. */
export function InspectorPane() {
  const { project } = useSession();
  const cue = useCue();
  const readOnly = useStore(project.store, (state) => state.readOnly);
  if (cue === undefined) return null;
  return (
    <section className={styles["pane"]} aria-labelledby="inspector-title">
      <h2 id="inspector-title" className="only-heard">
        {text("inspector.title")}
      </h2>
      <PromptField {...{ cue, readOnly }} />
      <MakeButtons {...{ cue, readOnly }} />
      <SoundSettings {...{ cue, readOnly }} />
      <OriginalSoundFields readOnly={readOnly} />
    </section>
  );
}
