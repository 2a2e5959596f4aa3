/** What an evaluation ends in: for each system its numbers, and everything that they do not say. */
import { FoleyError } from "@foley-control/core";
import { type ClipFeatures, type ClipMetric, metricInterval } from "../metrics/clip-metric.js";
import type { BootstrapOptions, Interval } from "../statistics/bootstrap.js";
import { frechetWarning } from "../statistics/frechet.js";
import type { NetworkNeed } from "./network-needs.js";

/** Something that could not be made of a clip. */
export interface ClipFailure {
  /** Name of the clip. */
  readonly name: string;
  /** Features that it has not. */
  readonly features: readonly string[];
  /** Why. */
  readonly reason: string;
}

/** Lengths of the two sounds of a clip, in seconds. */
export interface UnequalClip {
  /** Name of the clip. */
  readonly name: string;
  /** Seconds of the true sound. */
  readonly reference: number;
  /** Seconds of the generated one. */
  readonly generated: number;
}

/** One metric's outcome. */
export interface MetricResult {
  /** Id of the metric. */
  readonly id: string;
  /** Name as papers print it. */
  readonly title: string;
  /** Unit of the number; `"1"` for a ratio. */
  readonly unit: string;
  /** Which way is better. */
  readonly direction: "higher" | "lower";
  /** The number; `undefined` when it is not defined for these clips, and `note` says why. */
  readonly value: number | undefined;
  /** 95 % by default, for means over two clips or more; `undefined` for statistics of sets, which change when clips repeat. */
  readonly interval: Interval | undefined;
  /** Clips that count. */
  readonly clips: number;
  /** Why there is no number, or why it should not be trusted. */
  readonly note: string | undefined;
  /** Number of each clip, for means over clips. */
  readonly perClip: Readonly<Record<string, number>>;
}

/** All outcomes of one system. */
export interface EvaluationReport {
  /** Name of the system. */
  readonly system: string;
  /** First seconds of every clip that were evaluated; `undefined`: all. */
  readonly seconds: number | undefined;
  /** Clips that have both sides. */
  readonly pairs: number;
  /** Clips without a generated sound. */
  readonly onlyReference: readonly string[];
  /** Files of the folder that have the name of such a clip and an ending that is not read. */
  readonly unread?: readonly string[];
  /** Clips without a true sound. Empty when nothing true was given at all. */
  readonly onlyGenerated: readonly string[];
  /** Generated sounds that are silent throughout. */
  readonly silent: readonly string[];
  /** True sounds that are silent throughout. */
  readonly silentReference: readonly string[];
  /** Clips whose sounds differ in length by more than 0.05 s. */
  readonly unequal: readonly UnequalClip[];
  /** What could not be made of which clip. */
  readonly failures: readonly ClipFailure[];
  /** Networks that numbers of this report went through, with their licences. */
  readonly networks: readonly NetworkNeed[];
  /** What made the features, settings included, as the cache calls it. */
  readonly madeBy: readonly string[];
  /** One per metric, in the order in which they were asked for. */
  readonly results: readonly MetricResult[];
}

/** One metric over the clips that have what it needs. */
export function metricResult(metric: ClipMetric, clips: readonly ClipFeatures[], options?: BootstrapOptions): MetricResult {
  const { id, title, unit, direction, needs } = metric;
  const having = clips.filter(({ features }) => needs.every((need) => features[need]));
  const numbers = having.map((input) => [input.name, metric.clip?.(input)] as const);
  // Names come from files: a pair of a list cannot reach a prototype.
  const perClip = Object.fromEntries(numbers.filter((pair): pair is [string, number] => pair[1] !== undefined));
  const counted = metric.clip ? Object.keys(perClip).length : having.length;
  const result = (value: number | undefined, note: string | undefined): MetricResult => {
    const interval = value === undefined || counted < 2 ? undefined : metricInterval(metric, having, options);
    return { id, title, unit, direction, value, interval, clips: counted, note, perClip };
  };
  try {
    const value = metric.compute(clips);
    const warning = id.startsWith("fd-") ? fewRows(clips, needs) : undefined;
    return Number.isFinite(value) ? result(value, warning) : result(undefined, warning ?? "Not defined for so few clips.");
  } catch (error) {
    if (!FoleyError.isInstance(error)) throw error;
    return result(undefined, error.message);
  }
}

/** Whether the smaller side of a Fréchet distance is too small. */
function fewRows(clips: readonly ClipFeatures[], needs: readonly string[]): string | undefined {
  const counts = needs.map((need) => clips.reduce((sum, { features }) => sum + (features[need]?.count ?? 0), 0));
  const width = clips.flatMap(({ features }) => needs.map((need) => features[need]?.width)).find((found) => found !== undefined);
  return width === undefined ? undefined : frechetWarning(Math.min(...counts), width);
}
