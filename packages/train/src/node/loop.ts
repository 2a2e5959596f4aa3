/** The training loop: batches in, JSONL log and checkpoints out; stops cleanly on a signal and continues where it stopped. */
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { withLock } from "@foley-control/weights/node";
import type { StepReport, Trainer } from "../trainer.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";

/** What {@link runTraining} needs. */
export interface TrainingRun {
  /** What is advanced. */
  readonly trainer: Trainer;
  /** Total steps. */
  readonly steps: number;
  /** The batch of a step; must depend on nothing but the step, so that a resumed run equals a straight one. */
  readonly batch: (step: number) => Promise<Readonly<Record<string, PlainTensor>>>;
  /** Names what is in the batch of a step, for the message when its loss is not finite. */
  readonly nameBatch?: ((step: number) => string) | undefined;
  /** Folder of the run. */
  readonly directory: string;
  /** Names the configuration; see `saveCheckpoint`. */
  readonly fingerprint: string;
  /** Steps between checkpoints. Default 200. */
  readonly checkpointEvery?: number;
  /** Steps between log lines. Default 10. */
  readonly logEvery?: number;
  /** Stops between steps; the state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Called at every log line with means since the last. */
  readonly onProgress?: (report: StepReport & { readonly stepsPerSecond: number }) => void;
}

/**
 * Runs to the end or until the signal; the state is saved in both cases. After a kill it goes on from the last checkpoint.
 *
 * @returns whether it reached the end
 * @throws FoleyError `not-writable` while another run writes the folder, or when a checkpoint cannot be written: the last one stays;
 *   `invalid-argument` when the loss is not finite; `bad-weights` for a checkpoint of another configuration
 */
export function runTraining(run: TrainingRun): Promise<boolean> {
  const { directory } = run;
  return withLock(
    join(directory, ".lock"),
    run.signal,
    () => train(run),
    ({ pid, host }) =>
      new FoleyError(
        "not-writable",
        `The folder ${directory} is being written by another training (process ${pid} on ${host}).`,
        {
          hint: "Wait until it ends, or choose another folder.",
        },
      ),
  );
}

async function train(run: TrainingRun): Promise<boolean> {
  const { trainer, directory, fingerprint } = run;
  await mkdir(directory, { recursive: true });
  await restoreCheckpoint(directory, trainer, fingerprint);
  const logEvery = run.logEvery ?? 10;
  let totals: { loss: number; norm: number; count: number; scalars: Record<string, number> } = {
    loss: 0,
    norm: 0,
    count: 0,
    scalars: {},
  };
  const begun = performance.now();
  let since = begun;
  let saved = trainer.step;
  let ahead: Promise<Readonly<Record<string, PlainTensor>>> | undefined;
  while (trainer.step < run.steps && !run.signal?.aborted) {
    const advancing = trainer.advance(await (ahead ?? run.batch(trainer.step)));
    // Read while the step is computed; an error is seen when the batch is wanted.
    ahead = trainer.step + 1 < run.steps ? run.batch(trainer.step + 1) : undefined;
    ahead?.catch(() => undefined);
    const report = await advancing.catch((cause: unknown) => {
      if (!run.nameBatch || !FoleyError.isInstance(cause)) throw cause;
      throw new FoleyError(cause.code, cause.message, { hint: `Its batch: ${run.nameBatch(trainer.step)}.`, cause });
    });
    totals.loss += report.loss;
    totals.norm += report.gradientNorm;
    totals.count++;
    for (const [name, value] of Object.entries(report.scalars)) totals.scalars[name] = (totals.scalars[name] ?? 0) + value;
    if (trainer.step % logEvery === 0 || trainer.step === run.steps) {
      const n = totals.count;
      const now = performance.now();
      const line = {
        step: trainer.step,
        loss: totals.loss / n,
        gradientNorm: totals.norm / n,
        learningRate: report.learningRate,
        scalars: Object.fromEntries(Object.entries(totals.scalars).map(([name, value]) => [name, value / n])),
      };
      const stepsPerSecond = (1000 * n) / (now - since);
      await appendFile(
        join(directory, "log.jsonl"),
        `${JSON.stringify({ ...line, seconds: Number(((now - begun) / 1000).toFixed(3)), stepsPerSecond: Number(stepsPerSecond.toFixed(3)) })}\n`,
      );
      run.onProgress?.({ ...line, stepsPerSecond });
      totals = { loss: 0, norm: 0, count: 0, scalars: {} };
      since = now;
    }
    if (trainer.step % (run.checkpointEvery ?? 200) === 0) {
      await saveCheckpoint(directory, trainer, fingerprint);
      saved = trainer.step;
    }
  }
  // Nothing reads on when the run has ended.
  await ahead?.catch(() => undefined);
  if (saved !== trainer.step) await saveCheckpoint(directory, trainer, fingerprint);
  return trainer.step >= run.steps;
}
