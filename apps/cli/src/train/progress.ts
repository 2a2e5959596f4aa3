/** How a training or a preparation goes, in one line. */
import type { StageOptions, TrainingProgress } from "@foley-control/train/node";
import type { Io } from "../io.js";
import { durationText } from "../terminal/duration.js";
import type { Progress } from "../terminal/progress.js";

/** What there is to report: steps of a training, or how much of a preparation is done. */
export type TrainingReport = Parameters<NonNullable<StageOptions["onProgress"]>>[1] | TrainingProgress;

/** A line of progress with an estimate of the time left; at most one every ten seconds where there is no terminal. */
export function trainingProgress(
  io: Io,
  progress: Progress,
  flags: { readonly quiet?: boolean },
): (name: string, report: TrainingReport) => void {
  let last = Number.NEGATIVE_INFINITY;
  const begun = performance.now();
  let first: number | undefined;
  return (name, report) => {
    const now = performance.now();
    if (flags.quiet || (!io.errIsTerminal && now - last < 10_000)) return;
    last = now;
    if ("loss" in report) {
      const left = (report.steps - report.step) / report.stepsPerSecond;
      progress.say(`${name} ${report.step}/${report.steps}  loss ${report.loss.toFixed(4)}  ${durationText(left)} left`);
      return;
    }
    first ??= report.done;
    const rate = (report.done - first) / Math.max(1e-3, (now - begun) / 1000);
    progress.say(
      `${name} ${report.done}/${report.total}${rate > 0 ? `  ${durationText((report.total - report.done) / rate)} left` : ""}`,
    );
  };
}
