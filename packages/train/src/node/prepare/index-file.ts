/**
 * `index.jsonl`: a log of rows that only grows. Rows of a shard are appended after the shard is on the disk, so a kill leaves at most a
 * shard that nothing refers to, or a line that is cut off and is removed when the folder is opened again; its clips are prepared again.
 */
import { FoleyError } from "@foley-control/core";
import { appendLines, jsonLines } from "@foley-control/files/node";
import type { ClipRow } from "../../data/clip-row.js";

/**
 * Reads an index: the last row of every key, in the order in which keys first appear. A file that is not there is an empty index.
 *
 * @param options - `repair`: remove lines that are cut off, which a reader otherwise leaves out
 * @throws FoleyError `bad-file` naming a line that is no row
 */
export async function readIndex(
  path: string,
  options: { readonly repair?: boolean | undefined } = {},
): Promise<Map<string, ClipRow>> {
  const rows = new Map<string, ClipRow>();
  const onTorn = (text: string, line: number): void => {
    // What never was a row is another file.
    const begin = text.replace(/^\0+/, "").slice(0, HEAD.length);
    if (!HEAD.startsWith(begin)) throw badLine(path, line);
  };
  for await (const { value, line } of jsonLines(path, { ...options, head: HEAD, onTorn })) {
    const row = checkedRow(value, path, line);
    rows.set(row.key, row);
  }
  return rows;
}

/** How a row begins. */
const HEAD = '{"key":';

function checkedRow(value: unknown, path: string, line: number): ClipRow {
  const row = value as Partial<ClipRow> | null;
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
  await appendLines(
    path,
    rows.map((row) => JSON.stringify(row)),
    { hint: "Free space on the disk, or check its permissions, and run it again." },
  );
}
