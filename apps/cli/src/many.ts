/**
 * Several files in one command: one after the other, with what was loaded for the first. What is wrong with one file is said in a line of its
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

/** How failures are told. */
export interface ManyOptions {
  /** Whether failures are lines of JSON on stdout too. */
  readonly json: boolean;
  /** Whether their stacks are shown. */
  readonly verbose: boolean;
  /** Called before a line is printed: what stands on the terminal must go. */
  readonly beforeLine: () => void;
}

/**
 * Works on files in turn. An error that is about one file is a line on stderr; every other ends the work.
 *
 * @returns what the work gave for the files that went well, and the others
 */
export async function inTurn<File, Result>(
  files: readonly File[],
  nameOf: (file: File) => string,
  work: (file: File, index: number) => Promise<Result>,
  { json, verbose, beforeLine }: ManyOptions,
  io: Io,
): Promise<{ readonly results: readonly Result[]; readonly failures: readonly FileFailure[] }> {
  const results: Result[] = [];
  const failures: FileFailure[] = [];
  for (const [index, file] of files.entries()) {
    io.signal.throwIfAborted();
    try {
      results.push(await work(file, index));
    } catch (error) {
      io.signal.throwIfAborted();
      if (!FoleyError.isInstance(error) || OF_THE_COMMAND.has(error.code)) throw error;
      const name = nameOf(file);
      failures.push({ file: name, error });
      beforeLine();
      const message = inFlags(error.message);
      io.err(`foley: ${message.includes(name) ? "" : `${name}: `}${message}\n${verbose ? `${error.stack}\n` : ""}`);
      if (json) printJsonLine(io, { clip: name, error: { code: error.code, message } });
    }
  }
  return { results, failures };
}

/** Names that the last line has of the files that failed. */
const SHOWN = 5;

/**
 * The end of a command for several files.
 *
 * @param what - what they did not get, such as "got no sound"
 * @throws FoleyError of the first failure's code when there is one, which names the files
 */
export function assertAllDone(failures: readonly FileFailure[], count: number, what: string): void {
  const [first] = failures;
  if (!first) return;
  const names = failures.slice(0, SHOWN).map(({ file }) => `"${file}"`);
  const more = failures.length > SHOWN ? ` and ${failures.length - SHOWN} more` : "";
  throw new FoleyError("bad-file", `${failures.length} of ${count} files ${what}: ${names.join(", ")}${more}.`, {
    hint: "The lines above say why.",
  });
}
