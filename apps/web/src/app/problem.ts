/** What went wrong, as a sentence and what to do next; the one place that turns errors into words. */
import { FoleyError } from "@foley-control/core";
import { isFull } from "../storage/disk.js";
import { text } from "../strings/text.js";

/** What people are told. */
export interface Problem {
  readonly message: string;
  /** What to do next. */
  readonly hint: string | undefined;
}

/** Whether an error is only that somebody stopped what was going on. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** An error as people are told of it; `undefined` for one that they asked for. */
export function toProblem(error: unknown): Problem | undefined {
  if (isAbort(error)) return undefined;
  if (isFull(error)) return { message: text("storage.full"), hint: text("storage.fullHint") };
  if (FoleyError.isInstance(error)) {
    const { hint, message } = error;
    return { message: hint !== undefined && message.endsWith(` ${hint}`) ? message.slice(0, -hint.length - 1) : message, hint };
  }
  return {
    message: text("problem.unknown", { reason: error instanceof Error ? error.message : String(error) }),
    hint: text("problem.unknownHint"),
  };
}
