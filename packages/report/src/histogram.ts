/** How numbers are distributed, series below series over one axis. */
import { axisFy, binX, rectY, ruleY } from "@observablehq/plot";
import { type Axes, draw, empty, leftOut, PALETTE, roomFor, shortened } from "./plot.js";

/** Numbers of one series. */
export interface Histogram {
  /** Shown left of the series. */
  readonly name: string;
  /** In any order. */
  readonly values: readonly number[];
}

/** Bins that the whole range is cut into, about: their limits are round numbers. */
const BINS = 24;

/**
 * Histograms as inline SVG: one below the other, with the same bins and the same height for the same count. Values that are not finite are
 * left out and said.
 *
 * @param axes - `x` names what is counted; `y` is `"clips"` or whatever the values stand for
 * @returns an HTML fragment for the body of a section
 */
export function histogram(series: readonly Histogram[], axes: Pick<Axes, "x"> & Partial<Pick<Axes, "y">>): string {
  const left = series.flatMap(({ name, values }) =>
    leftOut(values.filter((value) => !Number.isFinite(value)).length, "value", name, "not finite"),
  );
  const finite = series.map(({ values }) => values.filter(Number.isFinite));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of finite.flat()) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return empty(left);
  const limits = binLimits(low, high);
  const domain: [number, number] = [limits[0]!, limits.at(-1)!];
  return draw(
    `Distribution of ${axes.x}: ${series.map(({ name }) => name).join(", ")}`,
    {
      height: 70 + 90 * series.length,
      marginLeft: 56,
      marginRight: series.length > 1 ? roomFor(series.map(({ name }) => name)) : 20,
      grid: true,
      x: { label: axes.x, domain },
      y: { label: axes.y ?? "clips", ticks: 3 },
      fy: { domain: series.map((_, index) => index), label: null, axis: null },
      marks: [
        ...(series.length > 1 ? [axisFy({ tickFormat: (index: number) => shortened(series[index]!.name) })] : []),
        ...finite.map((values, index) =>
          rectY(values, {
            ...binX({ y: "count" }, { x: { value: (value: number) => value, thresholds: limits, domain } }),
            fy: () => index,
            fill: PALETTE[index % PALETTE.length]!,
          }),
        ),
        ruleY([0]),
      ],
    },
    left,
  );
}

/** Limits of bins at round numbers; every value from `low` to `high` lies within one. */
function binLimits(low: number, high: number): number[] {
  // Values that differ in their last digits only would have bins that numbers cannot tell apart.
  const range = high > low ? Math.max(high - low, 1e-9 * Math.max(-low, high)) : Math.max(1, Math.abs(low));
  const power = 10 ** Math.floor(Math.log10(range / BINS));
  const step = power * ([1, 2, 5].find((factor) => power * factor * BINS >= range) ?? 10);
  const limits = [Math.min(low, Math.floor(low / step) * step)];
  // The last limit is above the highest value: a bin does not hold its upper limit.
  for (let i = Math.floor(low / step) + 1; limits.at(-1)! <= high; i++) limits.push(i * step);
  return limits;
}
