/** What became of every take of a batch, for every form in which that is told. */
import type { FoleyError } from "@foley-control/core";
import { inFlags } from "../errors.js";
import { jsonSeed } from "../values.js";
import type { FinishedTake } from "./journal.js";
import { commandOf, type PlannedTake } from "./plan.js";

/** What became of a take: made now, there before, not made, or not yet reached when the work was stopped. */
export type Status = "made" | "kept" | "failed" | "left";

/** A take and what became of it. */
export interface TakeOutcome {
  readonly planned: PlannedTake;
  readonly status: Status;
  /** Of those that are there. */
  readonly finished?: FinishedTake | undefined;
  /** Of those that failed. */
  readonly error?: FoleyError | undefined;
}

/** A batch and what became of it. */
export interface Outcome {
  /** Where commands are to be typed. */
  readonly folder: string;
  readonly outputDir: string;
  /** Words for the networks. */
  readonly parts: readonly string[];
  readonly takes: readonly TakeOutcome[];
}

/** How many there are of each. */
export function counts(takes: readonly TakeOutcome[]): Readonly<Record<Status, number>> {
  const found = { made: 0, kept: 0, failed: 0, left: 0 };
  for (const { status } of takes) found[status]++;
  return found;
}

/** A take as a line of a report. */
export function lineOf({ planned, status, finished, error }: TakeOutcome, parts: readonly string[]) {
  const { row, take, outputs, names, seed } = planned;
  const digests = finished?.files.map(({ name, sha256 }) => [name, sha256] as const);
  return {
    row: row.number,
    clip: row.clip,
    take,
    status,
    video: outputs.video ?? null,
    audio: outputs.audio ?? null,
    prompt: row.settings.prompt ?? "",
    seed: jsonSeed(seed),
    start: finished?.start ?? null,
    duration: finished?.duration ?? null,
    seconds: finished?.seconds ?? null,
    sha256: digests ? Object.fromEntries(digests) : null,
    warnings: finished?.warnings ?? [],
    error: error ? { code: error.code, message: inFlags(error.message) } : null,
    command: names.length === 0 || row.error ? null : commandOf(planned, parts),
  };
}
