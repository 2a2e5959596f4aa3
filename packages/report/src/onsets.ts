/** When things sound, row below row on one time axis. */
import { areaY, axisFy, ruleX, ruleY } from "@observablehq/plot";
import { draw, empty, leftOut, PALETTE, roomFor, shortened } from "./plot.js";
import { thin } from "./thin.js";

/** One row of an overlay. */
export interface OnsetRow {
  /** Shown left of the row. */
  readonly name: string;
  /** When something happens, in seconds. */
  readonly times: readonly number[];
  /** Loudness behind the times: numbers from 0, evenly spaced over the whole length. Default: none. */
  readonly envelope?: ArrayLike<number> | undefined;
}

/** What {@link onsets} shows. */
export interface OnsetOverlay {
  /** Length of the time axis, in seconds. */
  readonly seconds: number;
  /** Loudness in a row of its own, as in {@link OnsetRow.envelope}. Default: none. */
  readonly envelope?: ArrayLike<number> | undefined;
  /** From top to bottom. */
  readonly rows: readonly OnsetRow[];
}

/**
 * An onset overlay as inline SVG: ticks that stand below each other happen at the same moment. Times that are not finite or lie outside are
 * left out and said.
 *
 * @returns an HTML fragment for the body of a section
 *
 * @example
 * ```ts
 * onsets({ seconds: 4, rows: [{ name: "picture", times: [0.5, 1.2] }, { name: "sound", times: [0.53, 1.2] }] });
 * ```
 */
export function onsets({ seconds, envelope, rows }: OnsetOverlay): string {
  const all: readonly OnsetRow[] = envelope ? [{ name: "loudness", times: [], envelope }, ...rows] : rows;
  const inside = (time: number): boolean => time >= 0 && time <= seconds;
  const left = all.flatMap(({ name, times }) => {
    const odd = times.filter((time) => !Number.isFinite(time)).length;
    const outside = times.filter((time) => Number.isFinite(time) && !inside(time)).length;
    return [...leftOut(odd, "time", name, "not finite"), ...leftOut(outside, "time", name, "outside")];
  });
  if (all.length === 0 || !(seconds > 0 && Number.isFinite(seconds))) return empty(left);
  const ticks = all.flatMap(({ times }, index) => times.filter(inside).map((time) => ({ index, time, colour: colourOf(index) })));
  const loudness = all.flatMap((row, index) => curve(row.envelope, seconds).map((point) => ({ ...point, index })));
  return draw(
    `Onsets of ${all.map(({ name }) => name).join(", ")} over ${seconds} s`,
    {
      height: 56 + 44 * all.length,
      marginLeft: roomFor(all.map(({ name }) => name)),
      x: { label: "seconds", domain: [0, seconds] },
      y: { domain: [0, 1], axis: null },
      fy: { domain: all.map((_, index) => index), label: null, axis: null, padding: 0.12 },
      marks: [
        axisFy({ anchor: "left", tickSize: 0, tickFormat: (index: number) => shortened(all[index]!.name) }),
        areaY(loudness, { x: "x", y: "y", fy: "index", fill: "currentColor", fillOpacity: 0.18 }),
        ruleY([0], { strokeOpacity: 0.3 }),
        ruleX(ticks, { x: "time", y1: 0, y2: 1, fy: "index", stroke: "colour", strokeWidth: 2 }),
      ],
    },
    left,
  );
}

const colourOf = (index: number): string => PALETTE[index % PALETTE.length]!;

/** An envelope as a curve whose peak is 1; numbers that are not finite count as silence. */
function curve(envelope: ArrayLike<number> | undefined, seconds: number): readonly { readonly x: number; readonly y: number }[] {
  if (!envelope || envelope.length === 0) return [];
  const values = Array.from(envelope, (value) => (Number.isFinite(value) ? Math.max(0, value) : 0));
  const peak = values.reduce((most, value) => Math.max(most, value), 0) || 1;
  const step = seconds / values.length;
  return thin(values.map((value, i) => ({ x: (i + 0.5) * step, y: value / peak })));
}
