/**
 * `index.jsonl`: a log of rows that only grows. Rows of a shard are appended after the shard is on the disk, so a kill leaves at most a
 * shard that nothing refers to, or a last line that is cut off and is removed when the folder is opened again.
 */
import { open } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import type { ClipRow } from "../../data/clip-row.js";

/** Longest line that is read, bytes. */
const MAXIMUM_LINE_BYTES = 16 << 20;

/**
 * Reads an index: the last row of every key, in the order in which keys first appear. A file that is not there is an empty index.
 *
 * @param options - `repair`: remove a last line that is cut off, which a reader otherwise leaves out
 * @throws FoleyError `bad-file` naming a line that is no row
 */
export async function readIndex(
  path: string,
  options: { readonly repair?: boolean | undefined } = {},
): Promise<Map<string, ClipRow>> {
  const rows = new Map<string, ClipRow>();
  const file = await open(path, options.repair ? "r+" : "r").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new FoleyError("bad-file", `${path} cannot be opened (${cause.code}).`, { hint: "Check its permissions.", cause });
  });
  if (!file) return rows;
  try {
    const { size } = await file.stat();
    const block = Buffer.alloc(Math.min(size, 4 << 20));
    let rest = Buffer.alloc(0);
    let line = 0;
    let complete = 0;
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      let text = rest.length === 0 ? block.subarray(0, bytesRead) : Buffer.concat([rest, block.subarray(0, bytesRead)]);
      for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10)) {
        const row = parseRow(text.subarray(0, end), path, ++line);
        rows.set(row.key, row);
        complete += end + 1;
        text = text.subarray(end + 1);
      }
      rest = Buffer.from(text);
      if (rest.length > MAXIMUM_LINE_BYTES) throw badLine(path, line + 1);
    }
    if (options.repair && complete < size) {
      await file.truncate(complete);
      await file.sync();
    }
  } finally {
    await file.close();
  }
  return rows;
}

function parseRow(bytes: Uint8Array, path: string, line: number): ClipRow {
  let row: Partial<ClipRow> | null;
  try {
    row = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ClipRow> | null;
  } catch {
    throw badLine(path, line);
  }
  const placed =
    row?.outcome !== "prepared" || (isPlace(row.place) && row.textPlaces?.every(isPlace) && row.textPlaces.length > 0);
  const texts = Array.isArray(row?.texts) && row.texts.every((text) => typeof text === "string");
  if (
    typeof row?.key !== "string" ||
    typeof row.outcome !== "string" ||
    typeof row.source?.path !== "string" ||
    !texts ||
    !placed
  )
    throw badLine(path, line);
  return row as ClipRow;
}

const isPlace = (place: unknown): boolean => {
  const { shard, row } = (place ?? {}) as { shard?: unknown; row?: unknown };
  return typeof shard === "string" && SHARD_NAME.test(shard) && Number.isSafeInteger(row) && (row as number) >= 0;
};

/** Names of shards: nothing else is opened, whatever an index says. */
const SHARD_NAME = /^clips-\d{5,9}\.safetensors$/;

/** File name of shard `number`. */
export const shardName = (number: number): string => `clips-${String(number).padStart(5, "0")}.safetensors`;

function badLine(path: string, line: number): FoleyError {
  return new FoleyError("bad-file", `Line ${line} of ${path} is no row of a prepared dataset.`, {
    hint: "Restore the file, or delete the folder and prepare it again.",
  });
}

/** Appends rows and waits until they are on the disk. */
export async function appendIndex(path: string, rows: readonly ClipRow[]): Promise<void> {
  if (rows.length === 0) return;
  try {
    const file = await open(path, "a");
    try {
      await file.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FoleyError("not-writable", `Cannot write ${path} (${code ?? String(cause)}).`, {
      hint: "Free space on the disk, or check its permissions, and run it again.",
      cause,
    });
  }
}
