/**
 * Several files in one command: one after the other, or some at once, with what was loaded for the first. What is wrong with one file is said in a line of its
 * own, the others go on, and at the end the command has failed if any of them did.
 */
import { FoleyError, type FoleyErrorCode } from "@foley-control/core";
import { inFlags } from "./errors.js";
import type { Io } from "./io.js";
import { printJsonLine } from "./terminal/print.js";

/** A file that nothing came of. */
export interface FileFailure {
  /** The file, as it was named. */
  readonly file: string;
  /** Why. */
  readonly error: FoleyError;
}

/** Errors that all files would meet: they end the command. */
const OF_THE_COMMAND: ReadonlySet<FoleyErrorCode> = new Set([
  "missing-dependency",
  "bad-weights",
  "device-unavailable",
  "disposed",
  "download-failed",
  "access-denied",
]);

/** How files are worked on, and failures told. */
export interface ManyOptions {
  /** How many are worked on at once. Default 1. */
  readonly jobs?: number | undefined;
  /** Whether failures are lines of JSON on stdout too. */
  readonly json: boolean;
  /** Whether their stacks are shown. */
  readonly verbose: boolean;
  /** Called before a line is printed: what stands on the terminal must go. */
  readonly beforeLine: () => void;
}

/**
 * Works on files, begun in their order. An error that is about one file is a line on stderr; every other ends the work: what is under way is told to stop, and is waited for.
 *
 * @returns what the work gave for the files that went well, and the others, both in the order of the files
 */
export async function inTurn<File, Result>(
  files: readonly File[],
  nameOf: (file: File) => string,
  work: (file: File, index: number, signal: AbortSignal) => Promise<Result>,
  { jobs = 1, json, verbose, beforeLine }: ManyOptions,
  io: Io,
): Promise<{ readonly results: readonly Result[]; readonly failures: readonly FileFailure[] }> {
  const results: { readonly index: number; readonly result: Result }[] = [];
  const failures: (FileFailure & { readonly index: number })[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const queue = files.entries();
  const worker = async (): Promise<void> => {
    for (const [index, file] of queue) {
      signal.throwIfAborted();
      try {
        results.push({ index, result: await work(file, index, signal) });
      } catch (error) {
        signal.throwIfAborted();
        if (!FoleyError.isInstance(error) || OF_THE_COMMAND.has(error.code) || isOfTheDisk(error)) throw error;
        const name = nameOf(file);
        failures.push({ index, file: name, error });
        beforeLine();
        const message = inFlags(error.message);
        io.err(`foley: ${message.includes(name) ? "" : `${name}: `}${message}\n${verbose ? `${error.stack}\n` : ""}`);
        if (json) printJsonLine(io, { clip: name, error: { code: error.code, message } });
      }
    }
  };
  const workers = Array.from({ length: Math.min(jobs, files.length) }, () =>
    worker().catch((error: unknown) => {
      stop.abort(error);
    }),
  );
  await Promise.all(workers);
  signal.throwIfAborted();
  const inOrder = <One extends { readonly index: number }>(list: One[]): One[] => list.sort((a, b) => a.index - b.index);
  return { results: inOrder(results).map(({ result }) => result), failures: inOrder(failures) };
}

const OF_THE_DISK: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

/** A disk that takes nothing more takes nothing of the other files either. */
function isOfTheDisk(error: FoleyError): boolean {
  if (error.code !== "not-writable") return false;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause)
    if (OF_THE_DISK.has((cause as NodeJS.ErrnoException).code)) return true;
  return false;
}

/** Names that the last line has of the files that failed. */
const SHOWN = 5;

/**
 * The end of a command for several files.
 *
 * @param what - what they did not get, such as "got no sound"
 * @throws FoleyError of the first failure's code when there is one, which names the files
 */
export function assertAllDone(
  failures: readonly FileFailure[],
  count: number,
  what: string,
  hint = "The lines above say why.",
): void {
  const [first] = failures;
  if (!first) return;
  const names = failures.slice(0, SHOWN).map(({ file }) => `"${file}"`);
  const more = failures.length > SHOWN ? ` and ${failures.length - SHOWN} more` : "";
  throw new FoleyError("bad-file", `${failures.length} of ${count} files ${what}: ${names.join(", ")}${more}.`, {
    hint,
  });
}
