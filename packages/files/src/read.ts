/** Files that are read whole, none larger than what is meant can be. */
import { open, readFile, stat } from "node:fs/promises";
import { assertKind, FoleyError, parseJson } from "@foley-control/core";
import { isSystemError, notReadable } from "./problems.js";

/** Largest file that is read when nothing else is said, bytes. */
const LIMIT = 16 << 20;

/** Options of {@link readTextFile} and {@link readJsonFile}. */
export interface ReadOptions {
  /** Largest file that is read, bytes. Default 16 MiB. */
  readonly limit?: number | undefined;
  /** What begins the sentence of an error. Default: the path in quotation marks. */
  readonly what?: string | undefined;
  /** What to do when it cannot be read. Default: check the path, or whether it is the right file. */
  readonly hint?: string | undefined;
}

/**
 * Reads a text file (UTF-8).
 *
 * @throws FoleyError `bad-file` when it is missing, unreadable or too large
 */
export async function readTextFile(path: string, options: ReadOptions = {}): Promise<string> {
  assertKind("path", path, "text", "Pass the path of a file.");
  const { limit = LIMIT, what = `"${path}"`, hint = "Is it the right file?" } = options;
  const tooLarge = (size: number): FoleyError =>
    new FoleyError("bad-file", `${what} has ${size} bytes; at most ${limit} are read.`, { hint });
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > limit) throw tooLarge(size);
      const bytes = await file.readFile(); // what is no regular file (a pipe, say) tells its size only now
      if (bytes.length > limit) throw tooLarge(bytes.length);
      return bytes.toString("utf8");
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw isSystemError(cause) ? notReadable(what, cause, options.hint) : cause;
  }
}

/**
 * Reads a JSON file.
 *
 * @throws FoleyError `bad-file` when it is missing, unreadable, too large or no JSON, as `parseJson` of `@foley-control/core` takes it
 */
export async function readJsonFile(path: string, options: ReadOptions = {}): Promise<unknown> {
  const { what = `"${path}"`, hint = "Is it the right file?" } = options;
  return parseJson(await readTextFile(path, options), { what, hint });
}

/** The text of a file that may lie there; `undefined` when it does not, or when what is there is no file of at most `limit` bytes. */
export async function readSmallFile(path: string, limit: number): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() && found.size <= limit ? readFile(path, "utf8") : undefined;
}
