/**
 * Journals: files of lines that only grow. A process that is killed while it writes leaves at most a last line without its end, which no
 * reader takes for a line.
 */
import { open, stat, truncate } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import { notReadable, notWritable } from "./problems.js";

/** Longest line that is read, bytes. */
const LONGEST = 16 << 20;
/** Bytes that are read at once. */
const BLOCK = 4 << 20;

/** A line of a file. */
export interface FileLine {
  /** Without its line end. */
  readonly text: string;
  /** Byte after its line end. */
  readonly end: number;
}

/** Options of {@link completeLines}. */
export interface CompleteLinesOptions {
  /** Removes a torn last line when all others have been read; for the one process that will append. Default false. */
  readonly repair?: boolean | undefined;
  /** Hears of a torn last line, before it is removed. */
  readonly onTorn?: ((text: string) => void) | undefined;
}

/**
 * The lines of a file, of any size, that have their line end; none when there is no such file.
 *
 * @throws FoleyError `bad-file` when it cannot be opened, or for a line of more than 16 MiB
 */
export async function* completeLines(
  path: string,
  options: CompleteLinesOptions = {},
): AsyncGenerator<FileLine, void, undefined> {
  const file = await open(path, options.repair ? "r+" : "r").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw notReadable(`"${path}"`, cause);
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    const block = Buffer.alloc(Math.min(size, BLOCK));
    let rest = Buffer.alloc(0);
    let complete = 0;
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = rest.length === 0 ? block.subarray(0, bytesRead) : Buffer.concat([rest, block.subarray(0, bytesRead)]);
      let begin = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
        complete += end + 1 - begin;
        yield { text: bytes.toString("utf8", begin, end), end: complete };
        begin = end + 1;
      }
      rest = Buffer.from(bytes.subarray(begin));
      if (rest.length > LONGEST)
        throw new FoleyError("bad-file", `"${path}" has more than ${LONGEST} bytes in a line.`, {
          hint: "Is it the right file?",
        });
    }
    if (complete < size) options.onTorn?.(rest.toString());
    if (options.repair && complete < size) {
      await file.truncate(complete);
      await file.sync();
    }
  } finally {
    await file.close();
  }
}

/** Options of {@link appendLines}. */
export interface AppendOptions {
  /** Waits until the lines are on the disk. Default true; without it a kill of the process cannot lose them, a loss of power can. */
  readonly flush?: boolean | undefined;
  /** What begins the sentence of an error. Default: the path in quotation marks. */
  readonly what?: string | undefined;
  /** What to do when it cannot be written. */
  readonly hint?: string | undefined;
}

/**
 * Appends lines, to a new file when there is none. Without any, what was appended before is flushed.
 *
 * @param lines - without line ends
 * @throws FoleyError `not-writable`
 */
export async function appendLines(path: string, lines: readonly string[], options: AppendOptions = {}): Promise<void> {
  const { flush = true, what = `"${path}"` } = options;
  try {
    const file = await open(path, "a");
    try {
      await file.appendFile(lines.map((line) => `${line}\n`).join(""));
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw notWritable(what, cause, options.hint);
  }
}

/**
 * Cuts off what lies behind the first `size` bytes of a file; one that is shorter or not there stays so.
 *
 * @throws FoleyError `not-writable`
 */
export async function cutFile(path: string, size: number, options: Omit<AppendOptions, "flush"> = {}): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there && there.size > size)
    await truncate(path, size).catch((cause: unknown) => {
      throw notWritable(options.what ?? `"${path}"`, cause, options.hint);
    });
}
