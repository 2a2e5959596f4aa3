/** What went wrong, as a sentence and what to do next; the one place that turns errors into words. */
import { FoleyError } from "@foley-control/core";
import { isFull } from "../storage/disk.js";
import { text } from "../strings/text.js";
import { type Told, told } from "../strings/told.js";

/** What people are told. */
export type Problem = Told;

/** Whether an error is only that somebody stopped what was going on. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** An error as people are told of it; `undefined` for one that they asked for. */
export function toProblem(error: unknown): Problem | undefined {
  if (isAbort(error)) return undefined;
  if (isFull(error)) return { message: text("storage.full"), hint: text("storage.fullHint") };
  if (FoleyError.isInstance(error)) return told(error);
  return {
    message: text("problem.unknown", { reason: error instanceof Error ? error.message : String(error) }),
    hint: text("problem.unknownHint"),
  };
}
