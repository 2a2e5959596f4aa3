/** JSON lines that grow with a run: held back until they are flushed, and cut to the step from which a run goes on. */
import { appendLines, completeLines, cutFile } from "@foley-control/files/node";
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
 * @throws FoleyError `not-writable`; `bad-file` when an old one cannot be read
 */
export async function openLineLog<Line extends { readonly step: number }>(path: string, step: number): Promise<LineLog<Line>> {
  let end = 0;
  let last: Line | undefined;
  for await (const { text, end: stop } of completeLines(path)) {
    const line = parseLine<Line>(text);
    if (!line || line.step > step) break;
    last = line;
    end = stop;
  }
  const said = {
    what: `The log ${path}`,
    hint: "Look at the free space of the disk and at who may write the folder; the same command goes on from the last checkpoint.",
  };
  await cutFile(path, end, said);
  let held: string[] = [];
  return {
    get last() {
      return last;
    },
    append(line) {
      last = line;
      held.push(JSON.stringify(line));
    },
    async flush(durable = false) {
      if (held.length === 0 && !durable) return;
      const lines = held;
      held = [];
      await appendLines(path, lines, { ...said, flush: durable });
    },
  };
}
