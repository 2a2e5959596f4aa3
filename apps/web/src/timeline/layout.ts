/** The rows of the timeline, from top to bottom, and what lies under the pointer. */
import { type TimelineView, xOf } from "./view.js";

/** One row. */
export interface Row {
  readonly name: "ruler" | "film" | "original" | "motion" | "events" | "lens" | "take";
  readonly top: number;
  readonly height: number;
}

/** Together they fit below the picture on a screen of 800 pixels; an event can be taken hold of in more than 24. */
const HEIGHTS = { ruler: 24, film: 44, original: 32, motion: 20, events: 36, lens: 32, take: 44 } as const;
const GAP = 2;

/** The rows; sound of its own is left out where the video has none. */
export function layoutRows({ original }: { readonly original: boolean }): readonly Row[] {
  const rows: Row[] = [];
  let top = 0;
  for (const name of Object.keys(HEIGHTS) as Row["name"][]) {
    if (name === "original" && !original) continue;
    rows.push({ name, top, height: HEIGHTS[name] });
    top += HEIGHTS[name] + GAP;
  }
  return rows;
}

/** Height of all rows. */
export const heightOf = (rows: readonly Row[]): number => rows.reduce((most, { top, height }) => Math.max(most, top + height), 0);

/** The row at a height. */
export const rowAt = (rows: readonly Row[], y: number): Row | undefined =>
  rows.find(({ top, height }) => y >= top && y < top + height + GAP);

/** Half the width in which an event can be taken hold of: 24 pixels in all. */
export const EVENT_REACH = 12;

/** The event under the pointer: the nearest in reach, only in the row of events. */
export function eventAt<T extends { readonly time: number }>(
  rows: readonly Row[],
  view: TimelineView,
  events: readonly T[],
  { x, y }: { readonly x: number; readonly y: number },
): T | undefined {
  if (rowAt(rows, y)?.name !== "events") return undefined;
  let best: T | undefined;
  let least = EVENT_REACH;
  for (const event of events) {
    const distance = Math.abs(xOf(view, event.time) - x);
    if (distance <= least) [best, least] = [event, distance];
  }
  return best;
}
