/** One system's clips against the true ones: features from the cache or made, then every metric, with what could not be scored. */
import { FoleyError } from "@foley-control/core";
import type { Sound } from "../frontends/sound.js";
import { type ClipFeatures, type ClipMetric, metricInterval } from "../metrics/clip-metric.js";
import type { BootstrapOptions, Interval } from "../statistics/bootstrap.js";
import { frechetWarning } from "../statistics/frechet.js";
import type { Rows } from "../statistics/rows.js";
import type { NamedRows, SoundFeatures, SynchronyJudge } from "./sound-features.js";

/** A sound that is read when its features are not in the cache. */
export interface EvaluatedSound {
  /** Digest of its content: features are cached under it. Asked for only when there is a cache. */
  digest(): Promise<string>;
  /** Reads it. */
  read(): Promise<Sound>;
}

/** One clip with what is there of it. */
export interface EvaluatedClip {
  /** Common name of its sounds. */
  readonly name: string;
  /** The true sound. */
  readonly reference?: EvaluatedSound | undefined;
  /** The generated sound. */
  readonly generated?: EvaluatedSound | undefined;
  /** Features that were made elsewhere, such as `video/imagebind`, `video/synchformer`, `text/laion-clap`. */
  readonly features?: NamedRows | undefined;
}

/** Keeps features by what made them and what they were made of. */
export interface FeatureCache {
  /** What is kept, if anything. */
  get(id: string, digest: string): Promise<NamedRows | undefined>;
  /** Keeps features. */
  set(id: string, digest: string, features: NamedRows): Promise<void>;
}

/** Options of {@link evaluateClips}. */
export interface EvaluateOptions {
  /** Name of the system, for reports. Default `"generated"`. */
  readonly system?: string;
  /** What is measured. */
  readonly metrics: readonly ClipMetric[];
  /** What hears the sounds; what no metric needs is not run. */
  readonly hear: readonly SoundFeatures[];
  /** Puts features of picture and sound together for DeSync. */
  readonly judge?: SynchronyJudge | undefined;
  /** Where features are kept, so that an evaluation that was stopped goes on where it was. Default: nowhere. */
  readonly cache?: FeatureCache | undefined;
  /** Whether a clip that is alone or cannot be scored ends the evaluation. Default `false`: it is named in the report. */
  readonly strict?: boolean;
  /** Of the intervals. */
  readonly bootstrap?: BootstrapOptions;
  /** Called after each clip. */
  readonly onClip?: (done: number, of: number) => void;
  /** Stops between two clips. */
  readonly signal?: AbortSignal | undefined;
}

/** Something that could not be made of a clip. */
export interface ClipFailure {
  /** Name of the clip. */
  readonly name: string;
  /** Features that it has not. */
  readonly features: readonly string[];
  /** Why. */
  readonly reason: string;
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
  /** 95 % by default, for means over clips. */
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
  /** Clips that have both sounds. */
  readonly pairs: number;
  /** Clips without a generated sound. */
  readonly onlyReference: readonly string[];
  /** Clips without a true sound. */
  readonly onlyGenerated: readonly string[];
  /** Generated sounds that are silent throughout. */
  readonly silent: readonly string[];
  /** What could not be made of which clip. */
  readonly failures: readonly ClipFailure[];
  /** One per metric, in the order in which they were asked for. */
  readonly results: readonly MetricResult[];
}

/** What a metric needs that is made of other features. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  "pair/synchformer": ["video/synchformer", "generated/synchformer"],
};

/**
 * Evaluates clips one after the other; what stays in memory are features, never sounds.
 *
 * @param clips - In any order; they are sorted by name.
 * @throws FoleyError `invalid-argument` when two clips have one name, or, with `strict`, for a clip that is alone or cannot be scored.
 */
export async function evaluateClips(clips: readonly EvaluatedClip[], options: EvaluateOptions): Promise<EvaluationReport> {
  const { system = "generated", metrics, strict = false, onClip, signal } = options;
  const sorted = [...clips].sort((a, b) => (a.name < b.name ? -1 : 1));
  const repeated = sorted.find((clip, i) => clip.name === sorted[i + 1]?.name);
  if (repeated)
    throw new FoleyError("invalid-argument", `There are two clips named "${repeated.name}".`, {
      hint: "Names pair the clips; give each its own.",
    });
  const onlyReference = sorted.filter((clip) => clip.reference && !clip.generated).map(({ name }) => name);
  const onlyGenerated = sorted.filter((clip) => clip.generated && !clip.reference).map(({ name }) => name);
  const kept = new Set(["generated/peak", ...metrics.flatMap((metric) => metric.needs)]);
  const needs = new Set([...kept].flatMap((need) => [need, ...(MADE_OF[need] ?? [])]));
  const compares = [...needs].some((need) => need.startsWith("reference/"));
  if (strict && compares && onlyReference.length + onlyGenerated.length > 0)
    throw new FoleyError(
      "invalid-argument",
      `${onlyReference.length + onlyGenerated.length} clips are on one side only: ${[...onlyReference, ...onlyGenerated].slice(0, 5).join(", ")}…`,
      { hint: "Complete the folders, or evaluate without strict." },
    );
  const failures: ClipFailure[] = [];
  const made: ClipFeatures[] = [];
  for (const [index, clip] of sorted.entries()) {
    signal?.throwIfAborted();
    const features = await featuresOf(clip, needs, options, (failure) => {
      if (strict) throw new FoleyError("invalid-argument", `${failure.name}: ${failure.reason}`);
      failures.push(failure);
    });
    // What only led to other features (2 MB per clip for DeSync) goes at once.
    made.push({ name: clip.name, features: Object.fromEntries(Object.entries(features).filter(([name]) => kept.has(name))) });
    onClip?.(index + 1, sorted.length);
  }
  return {
    system,
    pairs: sorted.filter((clip) => clip.reference && clip.generated).length,
    onlyReference,
    onlyGenerated,
    silent: made.filter(({ features }) => features["generated/peak"]?.data[0] === 0).map(({ name }) => name),
    failures,
    results: metrics.map((metric) => resultOf(metric, made, options.bootstrap)),
  };
}

async function featuresOf(
  clip: EvaluatedClip,
  needs: ReadonlySet<string>,
  { hear, judge, cache }: EvaluateOptions,
  fail: (failure: ClipFailure) => void,
): Promise<Readonly<Record<string, Rows>>> {
  const features: Record<string, Rows> = { ...clip.features };
  for (const side of ["reference", "generated"] as const) {
    const source = clip[side];
    if (!source) continue;
    let sound: Promise<Sound> | undefined;
    for (const network of hear) {
      const names = network.makes.map((name) => `${side}/${name}`);
      if (!names.some((name) => needs.has(name))) continue;
      try {
        const digest = cache && (await source.digest());
        let found = digest === undefined ? undefined : await cache?.get(network.id, digest);
        if (!found) {
          sound ??= source.read();
          found = inFloat32(await network.compute(await sound));
          if (digest !== undefined) await cache?.set(network.id, digest, found);
        }
        for (const [name, rows] of Object.entries(found)) features[`${side}/${name}`] = rows;
      } catch (error) {
        // What is wrong with the clip is reported; what is wrong with the program or the disk is not hidden.
        if (!FoleyError.isInstance(error) || error.code === "not-writable") throw error;
        fail({ name: clip.name, features: names.filter((name) => needs.has(name)), reason: error.message });
      }
    }
  }
  const [seen, heard] = [features["video/synchformer"], features["generated/synchformer"]];
  if (needs.has("pair/synchformer") && !features["pair/synchformer"] && judge && seen && heard) {
    try {
      features["pair/synchformer"] = await judge.judge(seen, heard);
    } catch (error) {
      if (!FoleyError.isInstance(error)) throw error;
      fail({ name: clip.name, features: ["pair/synchformer"], reason: error.message });
    }
  }
  return features;
}

/** As they come back from the cache, so that a second run gives the same numbers. */
const inFloat32 = (features: NamedRows): NamedRows =>
  Object.fromEntries(
    Object.entries(features).map(([name, { count, width, data }]) => [name, { count, width, data: Float32Array.from(data) }]),
  );

function resultOf(metric: ClipMetric, clips: readonly ClipFeatures[], options?: BootstrapOptions): MetricResult {
  const { id, title, unit, direction, needs } = metric;
  const having = clips.filter(({ features }) => needs.every((need) => features[need]));
  const numbers = having.map((input) => [input.name, metric.clip?.(input)] as const);
  // Names come from files: a pair of a list cannot reach a prototype.
  const perClip = Object.fromEntries(numbers.filter((pair): pair is [string, number] => pair[1] !== undefined));
  const counted = metric.clip ? Object.keys(perClip).length : having.length;
  const result = (value: number | undefined, note: string | undefined): MetricResult => {
    const interval = value === undefined ? undefined : metricInterval(metric, having, options);
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
