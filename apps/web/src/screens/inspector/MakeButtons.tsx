/** Making, making another, stopping; and how far it is. */
import { useSession, useView } from "../../app/use-session.js";
import { setSeed } from "../../document/commands.js";
import type { Cue } from "../../document/document.js";
import { randomSeed } from "../../document/new-document.js";
import { decimal } from "../../strings/numbers.js";
import { type StringKey, text } from "../../strings/text.js";
import { useEngineState } from "../common/use-engine.js";
import { useKeyTitle } from "../common/use-key-title.js";
import styles from "./Inspector.module.css";
import { clockTime, leftWords } from "./left-words.js";

/** Generate, Another take, or Cancel with progress. */
export function MakeButtons({ cue, readOnly }: { readonly cue: Cue; readonly readOnly: boolean }) {
  const session = useSession();
  const job = useView((view) => view.job);
  const range = useView((view) => view.range);
  const seconds = { start: decimal(range?.start ?? 0, 2), end: decimal(range?.end ?? 0, 2) };
  const titles = {
    make: useKeyTitle(text("inspector.make"), "make"),
    another: useKeyTitle(text("inspector.another"), "another"),
    makeRange: useKeyTitle(text("inspector.makeRangeTitle", seconds), "makeRange"),
  };
  const make = (another: boolean): void => {
    if (another && !cue.seedLocked) session.project.store.dispatch(setSeed(cue.id, randomSeed()));
    void session.make(cue.id);
  };
  if (job !== undefined)
    return (
      <div className={styles["making"]}>
        <JobProgress />
        <button type="button" onClick={() => session.cancel()}>
          {text("inspector.cancel")}
        </button>
      </div>
    );
  return (
    <div className={styles["buttons"]}>
      <button type="button" data-main="" title={titles.make} disabled={readOnly} onClick={() => make(false)}>
        {text("inspector.make")}
      </button>
      {cue.takes.length > 0 && (
        <button type="button" title={titles.another} disabled={readOnly} onClick={() => make(true)}>
          {text("inspector.another")}
        </button>
      )}
      {cue.takes.length > 0 && range && (
        <button type="button" title={titles.makeRange} disabled={readOnly} onClick={() => void session.makeRange(cue.id)}>
          {text("inspector.makeRange")}
        </button>
      )}
    </div>
  );
}

/** A bar, in which phase it is, and the time that is left. */
function JobProgress() {
  const job = useView((view) => view.job);
  const engine = useEngineState();
  const starting = engine.phase === "starting" ? engine : undefined;
  const phase = starting
    ? text(starting.what as StringKey)
    : job?.progress
      ? text(`inspector.phase.${job.progress.phase}`)
      : text("inspector.phase.wait");
  const share = starting ? starting.share : (job?.progress?.share ?? 0);
  const of = starting ? undefined : job?.progress?.of;
  const left = starting ? undefined : job?.progress?.left;
  const what = starting ? phase : `${text(job?.draft ? "inspector.draft" : "inspector.refined")}: ${phase}`;
  return (
    <div className={styles["progress"]} data-long={of !== undefined}>
      <progress max={1} value={share} aria-label={what} />
      <span>{what}</span>
      {of && <span>{text("inspector.of", { second: clockTime(of.second), seconds: clockTime(of.seconds) })}</span>}
      <span>{left === undefined ? "" : leftWords(left)}</span>
    </div>
  );
}
