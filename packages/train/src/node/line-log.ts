/** JSON lines that grow with a run: held back until they are flushed, and cut to the step from which a run goes on. */
import { open, readFile, truncate } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import { parseLine } from "../log/lines.js";

/** A file of JSON lines. */
export interface LineLog<Line extends { readonly step: number }> {
  /** The last line; nothing when there is none. */
  readonly last: Line | undefined;
  /** Adds a line; it is written at the next flush. */
  append(line: Line): void;
  /**
   * Writes what was added.
   *
   * @param durable - waits until it is on the disk. Default: until a kill of the process cannot lose it
   * @throws FoleyError `not-writable`
   */
  flush(durable?: boolean): Promise<void>;
}

/**
 * Opens a log for a run that goes on after `step`: a line of a later step is what came after the last checkpoint before a kill, and will be
 * made again. It is cut off with all that follows it, a torn line too.
 *
 * @throws FoleyError `not-writable`
 */
export async function openLineLog<Line extends { readonly step: number }>(path: string, step: number): Promise<LineLog<Line>> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return Buffer.alloc(0);
    throw refused(path, cause);
  });
  let end = 0;
  let last: Line | undefined;
  for (let stop = bytes.indexOf(10); stop !== -1; stop = bytes.indexOf(10, end)) {
    const line = parseLine<Line>(bytes.toString("utf8", end, stop));
    if (!line || line.step > step) break;
    last = line;
    end = stop + 1;
  }
  if (end < bytes.length) await truncate(path, end).catch((cause: unknown) => Promise.reject(refused(path, cause)));
  let held = "";
  return {
    get last() {
      return last;
    },
    append(line) {
      last = line;
      held += `${JSON.stringify(line)}\n`;
    },
    async flush(durable = false) {
      if (held === "" && !durable) return;
      const text = held;
      held = "";
      try {
        const file = await open(path, "a");
        try {
          await file.appendFile(text);
          if (durable) await file.sync();
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw refused(path, cause);
      }
    },
  };
}

const refused = (path: string, cause: unknown): FoleyError =>
  new FoleyError(
    "not-writable",
    `The log ${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`,
    {
      hint: "Look at the free space of the disk and at who may write the folder; the same command goes on from the last checkpoint.",
      cause,
    },
  );
