/** Curves over a common axis. */
import { dot, line, ruleY } from "@observablehq/plot";
import { type Axes, draw, empty, leftOut, PALETTE } from "./plot.js";
import { thin } from "./thin.js";

/** One curve. */
export interface Line {
  /** Shown in the legend. Two curves may share a name and a colour. */
  readonly name: string;
  /** In the order in which they are joined. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Points up to which each is shown. */
const DOTTED = 40;

/**
 * Curves as inline SVG. Points that are not finite are left out and said; long curves are thinned so that their lowest and highest points stay.
 *
 * @returns an HTML fragment for the body of a section
 *
 * @example
 * ```ts
 * lines([{ name: "loss", points: [{ x: 1, y: 0.9 }, { x: 2, y: 0.4 }] }], { x: "step", y: "loss", yScale: "log" });
 * ```
 */
export function lines(series: readonly Line[], axes: Axes): string {
  const log = axes.yScale === "log";
  const left: string[] = [];
  const drawn = series.map(({ name, points }) => {
    const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
    const kept = log ? finite.filter(({ y }) => y > 0) : finite;
    left.push(...leftOut(points.length - finite.length, "point", name, "not finite"));
    left.push(...leftOut(finite.length - kept.length, "point", name, "not above zero"));
    return { name, points: thin(kept) };
  });
  if (drawn.every(({ points }) => points.length === 0)) return empty(left);
  const names = [...new Set(series.map(({ name }) => name))];
  const heights = drawn.flatMap(({ points }) => points.map(({ y }) => y));
  const constant = heights.every((y) => y === heights[0]);
  return draw(
    `${axes.y} over ${axes.x}: ${names.join(", ")}`,
    {
      height: 300,
      marginLeft: 64,
      grid: true,
      x: { label: axes.x },
      y: {
        label: axes.y,
        type: log ? "log" : "linear",
        ...(log && { tickFormat: "~g" }),
        ...(constant && { domain: around(heights[0]!, log) }),
      },
      color: { domain: names, range: [...colours(names.length)], legend: names.length > 1 },
      marks: [
        ...(log ? [] : [ruleY(heights.some((y) => y < 0) && heights.some((y) => y > 0) ? [0] : [])]),
        ...drawn.map(({ name, points }) => line(points, { x: "x", y: "y", stroke: () => name, z: null, strokeWidth: 1.6 })),
        ...drawn
          .filter(({ points }) => points.length <= DOTTED)
          .map(({ name, points }) => dot(points, { x: "x", y: "y", fill: () => name, r: 2.5 })),
      ],
    },
    left,
  );
}

/** Colours of so many series; they begin again after ten. */
function colours(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => PALETTE[i % PALETTE.length]!);
}

/** Room around the one height of a flat curve. */
function around(y: number, log: boolean): [number, number] {
  return log ? [y / 2, y * 2] : [y - Math.max(0.5, Math.abs(y) / 2), y + Math.max(0.5, Math.abs(y) / 2)];
}
