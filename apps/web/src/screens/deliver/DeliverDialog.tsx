/** Taking the result home. */
import { lazy, Suspense, useEffect, useState } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { useDocument, useSession } from "../../app/use-session.js";
import { chosenTakes } from "../../deliver/sound.js";
import { text } from "../../strings/text.js";
import { ProblemWords } from "../common/ProblemWords.js";
import { Sheet } from "../common/Sheet.js";
import { ChooseFormat } from "./ChooseFormat.js";
import styles from "./Deliver.module.css";
import { useSaving } from "./use-saving.js";

const Outcome = lazy(async () => ({ default: (await import("./Outcome.js")).Outcome }));

/** A button, and what to save as behind it. Closing it does not stop the saving. */
export function DeliverDialog() {
  const { clip } = useSession();
  const [open, setOpen] = useState(false);
  useEffect(() => shortcuts.handle("save", () => setOpen(true)), []);
  const ready = useDocument((document) => chosenTakes(document).length > 0);
  const { state, save, stop, again } = useSaving();
  const turn = (now: boolean): void => {
    // What was saved has been seen: who comes back has changed something.
    if (!now && state.phase === "done") again();
    setOpen(now);
  };
  return (
    <Sheet title={text("deliver.title")} button={text("deliver.open")} main {...{ open }} onOpenChange={turn}>
      <div className={styles["sheet"]}>
        {!ready && state.phase !== "saving" ? (
          <p>
            {text("deliver.noTake")} {text("deliver.noTakeHint")}
          </p>
        ) : state.phase === "choosing" ? (
          <>
            <ChooseFormat clip={clip} onSave={(format) => void save(format)} />
            {state.problem && (
              <p role="alert" className={styles["bad"]}>
                <ProblemWords problem={state.problem} />
              </p>
            )}
          </>
        ) : state.phase === "saving" ? (
          <div className={styles["saving"]}>
            <progress max={1} value={state.share} aria-label={text(`deliver.phase.${state.what}`)} />
            <p>{text(`deliver.phase.${state.what}`)}</p>
            <button type="button" onClick={stop}>
              {text("app.cancel")}
            </button>
          </div>
        ) : (
          <Suspense fallback={null}>
            <Outcome {...state} onAgain={again} />
          </Suspense>
        )}
      </div>
    </Sheet>
  );
}
