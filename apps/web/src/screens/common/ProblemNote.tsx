/** A problem as a person sees it: a sentence, and what to do next. What it says was announced when it came. */
import type { ReactNode } from "react";
import type { Problem } from "../../app/problem.js";
import { text } from "../../strings/text.js";
import styles from "./ProblemNote.module.css";
import { ProblemWords } from "./ProblemWords.js";

/** A note with a problem, or a sentence that is none (`quiet`); `children` are buttons that help. */
export function ProblemNote({
  problem,
  quiet = false,
  onClose,
  children,
}: {
  readonly problem: Problem;
  readonly quiet?: boolean;
  readonly onClose?: () => void;
  readonly children?: ReactNode;
}) {
  return (
    <section className={styles["note"]} aria-label={text(quiet ? "problem.note" : "problem.title")} data-quiet={quiet}>
      <p>
        <ProblemWords problem={problem} />
      </p>
      <div className={styles["buttons"]}>
        {children}
        {onClose && (
          <button type="button" onClick={onClose}>
            {text("problem.close")}
          </button>
        )}
      </div>
    </section>
  );
}
