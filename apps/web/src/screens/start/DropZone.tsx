/** Where a video comes from: dropped anywhere on the page, chosen, or the sample; and how it goes from there. */
import { useEffect, useState } from "react";
import { chooseVideo } from "../../app/dropped.js";
import { toProblem } from "../../app/problem.js";
import { sampleVideo } from "../../app/sample.js";
import { useStudio } from "../../app/use-studio.js";
import { text } from "../../strings/text.js";
import styles from "./StartScreen.module.css";

/** Whether files are held over the page now. */
function useHeldOver(): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => setHeld(event.dataTransfer?.types.includes("Files") ?? false);
    // Leaving the window has no element that is gone to; inside it one leaves an element for another.
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setHeld(false);
    };
    const drop = (): void => setHeld(false);
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return held;
}

/** The place to drop a video. */
export function DropZone() {
  const flow = useStudio();
  const held = useHeldOver();
  const sample = (): Promise<void> =>
    sampleVideo().then(
      (one) => flow.open([one]),
      (error: unknown) => flow.state.setState({ problem: toProblem(error) }),
    );
  return (
    <div className={styles["drop"]} data-held={held}>
      <p className={styles["invitation"]}>{text(held ? "start.dropHere" : "start.drop")}</p>
      <div className={styles["ways"]}>
        <button type="button" data-main="" onClick={() => void chooseVideo().then(flow.open)}>
          {text("start.choose")}
        </button>
        <button type="button" onClick={() => void sample()}>
          {text("start.sample")}
        </button>
      </div>
      <p>{text("start.private")}</p>
    </div>
  );
}

const STEPS = ["open", "say", "move", "save"] as const;

/** From a video to a video with sound, in four steps. */
export function Steps() {
  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title" className="only-heard">
        {text("start.steps")}
      </h2>
      <ol className={styles["steps"]}>
        {STEPS.map((step) => (
          <li key={step}>
            <strong>{text(`start.step.${step}`)}</strong>
            <p>{text(`start.step.${step}Words`)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
