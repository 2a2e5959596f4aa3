/** What the metrics are computed from, and the two forms that they have: a mean over clips, and a statistic of sets. */
import { FoleyError, type Metric } from "@foley-control/core";
import { type BootstrapOptions, bootstrap, type Interval } from "../statistics/bootstrap.js";
import { type Rows, rowAt } from "../statistics/rows.js";

/**
 * Features of one clip by name: where they come from (`reference`, `generated`, `video`, `text`, or `pair` for what needs picture and
 * sound at once), a stroke, and what made them, as in `"generated/panns"`. A clip without a partner has those of one side only.
 */
export interface ClipFeatures {
  /** Name that pairs the clip. Clips are given in the order of their names, which decides the parts of an inception score. */
  readonly name: string;
  /** One row, or several for what is taken piece by piece; none where there is nothing, such as no onset. */
  readonly features: Readonly<Record<string, Rows | undefined>>;
}

/** A metric of clips, with what a report needs. */
export interface ClipMetric extends Metric<ClipFeatures> {
  /** Name as papers print it. */
  readonly title: string;
  /** Address of where it is defined, or the name of this package. */
  readonly reference: string;
  /** Whether the number may be compared between sets of different sizes. */
  readonly biased: boolean;
  /** The number of one clip, where it is a mean over clips; `undefined` for a clip that lacks a feature or has nothing to score. */
  readonly clip?: (input: ClipFeatures) => number | undefined;
}

/** Said by metrics that are defined here. */
export const THIS_PACKAGE = "@foley-control/metrics";

/** What both forms say about themselves. */
export type MetricDescription = Pick<ClipMetric, "id" | "title" | "unit" | "direction" | "needs" | "reference">;

/**
 * A mean over the clips that have all features; the others do not count, and reports name them. Neither do clips that `value` has no
 * number for, since there is nothing to score.
 */
export function meanMetric(
  description: MetricDescription,
  value: (...features: readonly Rows[]) => number | undefined,
): ClipMetric & Required<Pick<ClipMetric, "clip">> {
  const clip = (input: ClipFeatures): number | undefined => {
    const features = featuresOf(input, description.needs);
    return features && value(...features);
  };
  return {
    specificationVersion: "v1",
    kind: "metric",
    ...description,
    biased: false,
    clip,
    compute(inputs) {
      const values = inputs.map(clip).filter((one) => one !== undefined);
      checkSome(description, values.length);
      return values.reduce((sum, one) => sum + one, 0) / values.length;
    },
  };
}

/** Which clips a statistic of sets is taken over: all that have the one feature or the other, or only those that have both. */
export type Taken = "any" | "pairs";

/** A statistic of sets: for each needed feature all rows of all clips that are taken. */
export function setMetric(
  description: MetricDescription & { readonly biased: boolean; readonly taken: Taken },
  statistic: (...sets: readonly Rows[]) => number,
): ClipMetric {
  const { taken, ...rest } = description;
  return {
    specificationVersion: "v1",
    kind: "metric",
    ...rest,
    compute(inputs) {
      const clips = taken === "any" ? inputs : inputs.filter((input) => featuresOf(input, description.needs));
      const sets = description.needs.map((need) => stacked(clips.map(({ features }) => features[need])));
      checkSome(description, Math.min(...sets.map(({ count }) => count)));
      return statistic(...sets);
    },
  };
}

/**
 * The interval in which a metric lies when clips are drawn again; `undefined` for statistics of sets, which change when clips repeat.
 *
 * @throws FoleyError as {@link bootstrap}.
 */
export function metricInterval(
  metric: ClipMetric,
  inputs: readonly ClipFeatures[],
  options: BootstrapOptions = {},
): Interval | undefined {
  const { clip } = metric;
  if (!clip) return undefined;
  const values = inputs.map(clip).filter((one) => one !== undefined);
  return bootstrap(
    values.length,
    (chosen) => {
      let sum = 0;
      for (const index of chosen) sum += values[index]!;
      return sum / chosen.length;
    },
    options,
  );
}

function featuresOf({ features }: ClipFeatures, needs: readonly string[]): readonly Rows[] | undefined {
  const found = needs.map((need) => features[need]).filter((one) => one !== undefined);
  return found.length === needs.length ? found : undefined;
}

/** All rows, one clip below the other. */
function stacked(parts: readonly (Rows | undefined)[]): Rows {
  const found = parts.filter((one) => one !== undefined);
  const width = found[0]?.width ?? 1;
  const count = found.reduce((sum, rows) => sum + rows.count, 0);
  const data = new Float32Array(count * width);
  let at = 0;
  for (const rows of found) {
    if (rows.width !== width)
      throw new FoleyError("shape-mismatch", `Features of ${rows.width} and of ${width} numbers do not go together.`, {
        hint: "All clips must go through the same network.",
      });
    for (let i = 0; i < rows.count; i++, at += width) data.set(rowAt(rows, i), at);
  }
  return { count, width, data };
}

/** The metric is not named: metrics for one reason share one note of a report. */
function checkSome({ needs }: MetricDescription, count: number): void {
  if (count === 0)
    throw new FoleyError(
      "invalid-argument",
      `There is no clip to look at: none has ${needs.join(" and ")}, or nothing in them can be compared.`,
      { hint: "Compute these features first, or leave the metric out." },
    );
}
