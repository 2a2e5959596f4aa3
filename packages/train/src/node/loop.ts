/** The training loop: batches in, logs, checkpoints, samples and a report out; stops cleanly on a signal and continues where it stopped. */
import { join } from "node:path";
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { withFolderLock } from "@foley-control/files/node";
import { LOG_FILES, type SamplesLine, type StepLine, type ValidationLine } from "../log/lines.js";
import { createMeans, createPace } from "../log/pace.js";
import type { StepReport, Trainer } from "../trainer.js";
import type { MeasureLosses } from "../validation.js";
import { keepIfBest } from "./best.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { openLineLog } from "./line-log.js";
import { saveRunDescription } from "./run-description.js";
import { writeRunReport } from "./run-report.js";
import { type MakeSamples, writeSamples } from "./samples.js";

/** Steps between validations when nothing else is said. */
export const VALIDATE_EVERY = 500;
/** Milliseconds after which slow steps are written and told without waiting for the next log line. */
const IMPATIENCE = 5000;

/** What {@link runTraining} needs. */
export interface TrainingRun {
  /** What is advanced. */
  readonly trainer: Trainer;
  /** Total steps. */
  readonly steps: number;
  /** The batch of a step; must depend on nothing but the step, so that a resumed run equals a straight one. */
  readonly batch: (step: number) => Promise<Readonly<Record<string, PlainTensor>>>;
  /** Clips of a batch, for the rate. Default 1. */
  readonly clipsPerStep?: number | undefined;
  /** Names what is in the batch of a step, for the message when its loss is not finite. */
  readonly nameBatch?: ((step: number) => string) | undefined;
  /** Folder of the run. */
  readonly directory: string;
  /** Names the configuration; see `saveCheckpoint`. A JSON object is shown in the report. */
  readonly fingerprint: string;
  /** Facts about machine and software for the report. Default: Node, the platform and the processor. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Steps between checkpoints. Default 200. */
  readonly checkpointEvery?: number;
  /** Steps between calls of `onProgress`, and between what is written to the log; slow steps are told after five seconds. Default 10. */
  readonly logEvery?: number;
  /** Losses on held-out clips, at the start, every so many steps (default 500), and at the end. */
  readonly validation?:
    | {
        readonly every?: number | undefined;
        readonly measure: MeasureLosses;
        /** Whether the averaged weights with the lowest loss are kept as `best.safetensors`. Default false. */
        readonly keepBest?: boolean | undefined;
      }
    | undefined;
  /** Sounds for held-out clips, at the start, every so many steps (default 500), and at the end. */
  readonly samples?: { readonly every?: number | undefined; readonly make: MakeSamples } | undefined;
  /** Stops between steps; the state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Called at every log line with means since the last. */
  readonly onProgress?: (report: TrainingProgress) => void;
}

/** How a training goes. */
export interface TrainingProgress extends StepReport {
  /** Total steps. */
  readonly steps: number;
  /** Steps per second of late. */
  readonly stepsPerSecond: number;
  /** Clips per second of late. */
  readonly clipsPerSecond: number;
  /** Time left, validations and samples included; `NaN` before the first steps are done. */
  readonly secondsLeft: number;
  /** What came last of each, this time or before. */
  readonly validation?: ValidationLine | undefined;
  /** What came last of each, this time or before. */
  readonly samples?: SamplesLine | undefined;
}

/**
 * Runs to the end or until the signal; the state is saved in both cases. After a kill it goes on from the last checkpoint. What is measured
 * in between leaves the training bit for bit as it would have been. What it
 * writes: `log.jsonl`, `validation.jsonl`, `samples.jsonl` (see `StepLine`, `ValidationLine`, `SamplesLine`), `samples/`, `run.json`,
 * `report.html`, `checkpoint.safetensors`.
 *
 * @returns whether it reached the end
 * @throws FoleyError `not-writable` while another run writes the folder, or when a checkpoint cannot be written: the last one stays;
 *   `invalid-argument` when the loss is not finite; `bad-weights` for a checkpoint of another configuration
 */
export function runTraining(run: TrainingRun): Promise<boolean> {
  return withFolderLock(run.directory, () => train(run), { by: "training", signal: run.signal });
}

async function train(run: TrainingRun): Promise<boolean> {
  const { trainer, directory, fingerprint, signal, steps } = run;
  await restoreCheckpoint(directory, trainer, fingerprint);
  const start = trainer.step;
  const [log, validations, samples] = await Promise.all([
    openLineLog<StepLine>(join(directory, LOG_FILES.steps), start),
    openLineLog<ValidationLine>(join(directory, LOG_FILES.validations), start),
    openLineLog<SamplesLine>(join(directory, LOG_FILES.samples), start),
  ]);
  await saveRunDescription(run);
  const pace = createPace(run.clipsPerStep ?? 1);
  let saved = start;
  let reported: number | undefined;
  const report = async (): Promise<void> => {
    await writeRunReport(directory);
    reported = trainer.step;
  };
  const save = async (): Promise<void> => {
    // The log is there before the state that it leads to.
    await log.flush(true);
    await saveCheckpoint(directory, trainer, fingerprint);
    saved = trainer.step;
  };
  /** Measures what is due; the state is saved before it, so that nothing that goes wrong here loses steps. */
  const look = async (): Promise<void> => {
    const { step } = trainer;
    const isDue = (every: number, last: { readonly step: number } | undefined): boolean =>
      last?.step !== step && (step === 0 || step === steps || step % every === 0);
    const due = {
      validation: run.validation && isDue(run.validation.every ?? VALIDATE_EVERY, validations.last) && run.validation,
      samples: run.samples && isDue(run.samples.every ?? VALIDATE_EVERY, samples.last) && run.samples,
    };
    if (!due.validation && !due.samples) return;
    if (saved !== step) await save();
    if (due.validation) {
      const { measure, keepBest } = due.validation;
      const { seconds, value } = await timed(() => measure(trainer, signal));
      validations.append({ step, seconds, ...value });
      await validations.flush();
      if (keepBest) await keepIfBest(directory, trainer, value.average);
    }
    if (due.samples) {
      const { make } = due.samples;
      const { seconds, value } = await timed(async () =>
        writeSamples(directory, step, await make({ step, parameters: await trainer.parameters("average"), signal })),
      );
      samples.append({ ...value, seconds });
      await samples.flush();
    }
    await report();
  };
  const means = createMeans();
  const tell = async ({ learningRate }: StepReport): Promise<void> => {
    await log.flush();
    run.onProgress?.({
      ...means.take(),
      learningRate,
      step: trainer.step,
      steps,
      ...pace.now(steps - trainer.step),
      validation: validations.last,
      samples: samples.last,
    });
  };
  let ahead: Promise<Readonly<Record<string, PlainTensor>>> | undefined;
  let told = performance.now();
  let interrupted = false;
  try {
    await look();
    while (trainer.step < steps && !signal?.aborted) {
      const begun = performance.now();
      const batch = await (ahead ?? run.batch(trainer.step));
      const waited = performance.now() - begun;
      const advancing = trainer.advance(batch);
      // Read while the step is computed; an error is seen when the batch is wanted.
      ahead = trainer.step + 1 < steps ? run.batch(trainer.step + 1) : undefined;
      ahead?.catch(() => undefined);
      const done = await advancing.catch((cause: unknown) => {
        if (!run.nameBatch || !FoleyError.isInstance(cause)) throw cause;
        throw new FoleyError(cause.code, cause.message, { hint: `Its batch: ${run.nameBatch(trainer.step)}.`, cause });
      });
      const now = performance.now();
      const { loss, gradientNorm, learningRate, scalars } = done;
      log.append({
        step: trainer.step,
        loss,
        gradientNorm,
        learningRate,
        stepSeconds: seconds(now - begun),
        waitSeconds: seconds(waited),
        ...(Object.keys(scalars).length > 0 && { scalars }),
      });
      pace.step(now - begun);
      means.add(done);
      if (trainer.step % (run.logEvery ?? 10) === 0 || trainer.step === steps || now - told > IMPATIENCE) {
        await tell(done);
        told = now;
      }
      if (trainer.step % (run.checkpointEvery ?? 200) === 0) await save();
      const looking = performance.now();
      await look();
      pace.pause(performance.now() - looking);
    }
  } catch (error) {
    // Steps that are written but not saved are cut off when the run goes on.
    await log.flush().catch(() => undefined);
    if (!signal?.aborted || error !== signal.reason) throw error;
    interrupted = true;
  }
  // Nothing reads on when the run has ended.
  await ahead?.catch(() => undefined);
  if (saved !== trainer.step) await save();
  if (reported !== trainer.step) await report();
  return trainer.step >= steps && !interrupted;
}

const seconds = (milliseconds: number): number => Number((milliseconds / 1000).toFixed(4));

async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> {
  const begun = performance.now();
  const value = await work();
  return { seconds: seconds(performance.now() - begun), value };
}
