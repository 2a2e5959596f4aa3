/** How a training or a preparation goes: one line for people, JSON lines for programs. */
import type { StageOptions, TrainingProgress } from "@foley-control/train/node";
import type { Io } from "../io.js";
import { durationText } from "../terminal/duration.js";
import { type Progress, patiently } from "../terminal/progress.js";

/** What there is to report: steps of a training, or how much of a preparation is done. */
export type TrainingReport = Parameters<NonNullable<StageOptions["onProgress"]>>[1] | TrainingProgress;

/**
 * Tells how it goes. People get a line on stderr with rate, time left and losses, at most one every ten seconds where there is no terminal;
 * with `json` programs get every report as one line on stdout.
 */
export function trainingProgress(
  io: Io,
  progress: Progress,
  flags: { readonly quiet?: boolean; readonly json?: boolean },
): (name: string, report: TrainingReport) => void {
  const begun = performance.now();
  let first: number | undefined;
  const say = patiently(io, flags.quiet === true, (name: string, report: TrainingReport) => {
    if ("loss" in report) return progress.say(`${name} ${trainingText(report)}`, report.step / report.steps);
    first ??= report.done;
    const rate = (report.done - first) / Math.max(1e-3, (performance.now() - begun) / 1000);
    const left = rate > 0 ? `  ${durationText((report.total - report.done) / rate)} left` : "";
    progress.say(`${name} ${report.done}/${report.total}${left}`, report.done / report.total);
  });
  return (name, report) => {
    if (flags.json) io.out(`${JSON.stringify({ type: "progress", stage: name, ...lineOf(report) })}\n`);
    say(name, report);
  };
}

function trainingText({ step, steps, loss, clipsPerSecond, secondsLeft, validation, samples }: TrainingProgress): string {
  const held = validation?.average.every((value) => value !== null)
    ? validation.average.reduce<number>((sum, value) => sum + (value ?? 0), 0) / validation.average.length
    : undefined;
  return [
    `${step}/${steps}`,
    `loss ${loss.toFixed(4)}`,
    `${durationText(secondsLeft)} left`,
    `${clipsPerSecond.toPrecision(3)} clips/s`,
    ...(held === undefined ? [] : [`held out ${held.toFixed(4)}`]),
    ...(samples?.f1At100 === undefined ? [] : [`sync ${samples.f1At100.toFixed(2)}`]),
  ].join("  ");
}

/** A report for programs: the last losses and scores without the clips. */
function lineOf(report: TrainingReport): object {
  if (!("loss" in report) || !report.samples) return report;
  const { clips: _, ...samples } = report.samples;
  return { ...report, samples };
}
