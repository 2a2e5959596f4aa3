/** Everything that was measured as rows, and rows as text. */

import { followingRows } from "./following.js";
import type { HeardTrial } from "./hearing.js";
import type { Listener } from "./listener.js";
import { recognitionRows } from "./recognition.js";
import { silenceRows } from "./silence.js";
import { syncRows } from "./sync.js";
import { PARTS, type Part } from "./trials.js";

/** A row of a table: `of` says what it is about. */
type Row = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Makes all tables; those without clips are empty. */
export function tablesOf(all: readonly HeardTrial[], listener: Listener | undefined) {
  return {
    sync: syncRows(all),
    recognition: listener ? recognitionRows(all, listener) : [],
    following: followingRows(all),
    silence: silenceRows(all),
    codec: codecRows(all),
  };
}

/** Mean distances of rendered sounds from what the codec makes of them. */
function codecRows(all: readonly HeardTrial[]) {
  return (Object.keys(PARTS) as Part[]).flatMap((part) => {
    const distances = all.flatMap(({ trial, distance }) => (trial.part === part && distance ? [distance] : []));
    if (distances.length === 0) return [];
    const mean = (of: (one: (typeof distances)[number]) => number) =>
      distances.reduce((sum, one) => sum + of(one), 0) / distances.length;
    return [
      {
        of: part,
        clips: distances.length,
        stftDistance: mean(({ stft }) => stft),
        decibels: mean(({ decibels }) => decibels),
        audibleDecibels: mean(({ audibleDecibels }) => audibleDecibels),
      },
    ];
  });
}

/** Seconds per clip in the middle of all that were generated. */
export function medianSeconds(all: readonly HeardTrial[]): number {
  const seconds = all.filter(({ trial }) => trial.condition !== "rendered").map((one) => one.seconds);
  return seconds.sort((a, b) => a - b)[seconds.length >> 1] ?? Number.NaN;
}

/** A table with a title; columns are the keys of the first row. */
export function textTable(title: string, rows: readonly object[]): string {
  const all = rows as readonly Row[];
  if (!all[0]) return "";
  const keys = Object.keys(all[0]);
  const cells = [keys, ...all.map((row) => keys.map((key) => cellOf(row[key])))];
  const widths = keys.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  // Names to the left, numbers to the right; what comes last may be long.
  const pad = (cell: string, i: number): string => {
    if (i === 0) return cell.padEnd(widths[0] ?? 0);
    return i === keys.length - 1 && Array.isArray(all[0]?.[keys[i] ?? ""]) ? cell : cell.padStart(widths[i] ?? 0);
  };
  const lines = cells.map((row) => row.map(pad).join("  ").trimEnd());
  return `${title}\n${lines.join("\n")}\n\n`;
}

function cellOf(value: Row[string]): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) !== 1 ? String(value) : value.toFixed(3);
  return typeof value === "string" ? value : value.join(", ");
}
