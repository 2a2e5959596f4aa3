/**
 * Systems against the truth, clip by clip: features from the cache or made, then every metric, with what could not be scored. What is true
 * of a clip (its sound, its picture) is looked at once, however many systems there are.
 */
import { FoleyError } from "@foley-control/core";
import type { FeatureMaker, FeatureMakers } from "../features/makers.js";
import type { ClipMetric } from "../metrics/clip-metric.js";
import type { NetworkDescriptor } from "../networks/descriptor.js";
import type { BootstrapOptions } from "../statistics/bootstrap.js";
import { clipFeatures, type MadeClip } from "./clip-features.js";
import type { ComparedClip, FeatureCache } from "./clips.js";
import { inParallel } from "./in-parallel.js";
import { networkNeeds } from "./network-needs.js";
import { type EvaluationReport, metricResult, type UnequalClip } from "./report.js";

/** Options of {@link evaluateSystems}. What makes features of what no metric needs is not run. */
export interface EvaluateSystemsOptions extends Partial<FeatureMakers> {
  /** What is measured. */
  readonly metrics: readonly ClipMetric[];
  /** Networks that there are, for the licences in the reports. Default: all of this package. */
  readonly networks?: readonly NetworkDescriptor[];
  /** Where features are kept, so that an evaluation that was stopped goes on where it was. Default: nowhere. */
  readonly cache?: FeatureCache | undefined;
  /** First seconds of every clip that are evaluated, for the reports. */
  readonly seconds?: number | undefined;
  /** Whether a clip that is alone or cannot be scored ends the evaluation. Default `false`: it is named in the report. */
  readonly strict?: boolean;
  /** Clips at a time: while networks look at one, the next is read and decoded. Default {@link DEFAULT_CLIPS_AT_A_TIME}. */
  readonly jobs?: number;
  /** Of the intervals. */
  readonly bootstrap?: BootstrapOptions | undefined;
  /** Called after each clip. */
  readonly onClip?: ((done: number, of: number) => void) | undefined;
  /** Stops between two clips, and between two frames. */
  readonly signal?: AbortSignal | undefined;
}

/** Two: one is decoded while networks look at the other. */
export const DEFAULT_CLIPS_AT_A_TIME = 2;

/** Seconds by which two sounds may differ in length before the report says so. */
const SAME_LENGTH_SECONDS = 0.05;

/** What the reports say of sounds whatever is measured. */
const FACTS = ["reference/duration", "reference/peak", "generated/duration", "generated/peak"] as const;

/**
 * Evaluates several systems over the same clips. What stays in memory are features, never sounds or frames.
 *
 * @param systems - Names, in the order of the reports.
 * @param clips - In any order; they are sorted by name.
 * @returns One report per system; `markdownTable` and the like have them as rows.
 * @throws FoleyError `invalid-argument` when two clips have one name, or, with `strict`, for a clip that is alone or cannot be scored.
 */
export async function evaluateSystems(
  systems: readonly string[],
  clips: readonly ComparedClip[],
  options: EvaluateSystemsOptions,
): Promise<readonly EvaluationReport[]> {
  const { metrics, strict = false, jobs = DEFAULT_CLIPS_AT_A_TIME, onClip, signal } = options;
  if (!Number.isSafeInteger(jobs) || jobs < 1)
    throw new FoleyError("invalid-argument", `jobs is ${jobs}; a whole number from 1 on was expected.`, {
      hint: "Leave it out for two clips at a time.",
    });
  const sorted = [...clips].sort((a, b) => (a.name < b.name ? -1 : 1));
  const repeated = sorted.find((clip, i) => clip.name === sorted[i + 1]?.name);
  if (repeated)
    throw new FoleyError("invalid-argument", `There are two clips named "${repeated.name}".`, {
      hint: "Names pair the clips; give each its own.",
    });
  const alone = new Map(systems.map((system) => [system, aloneIn(system, sorted)]));
  for (const [system, { onlyReference, onlyGenerated }] of strict ? alone : [])
    if (onlyReference.length + onlyGenerated.length > 0)
      throw new FoleyError(
        "invalid-argument",
        `${onlyReference.length + onlyGenerated.length} clips of ${system} are on one side only: ${[...onlyReference, ...onlyGenerated].slice(0, 5).join(", ")}…`,
        { hint: "Complete the folders, or evaluate without strict." },
      );
  const kept = new Set([...FACTS, ...metrics.flatMap(({ needs }) => needs)]);
  const needs = withParts(kept, options);
  const made = new Map(systems.map((system) => [system, new Array<MadeClip>(sorted.length)]));
  let done = 0;
  await inParallel(sorted.length, jobs, async (index) => {
    signal?.throwIfAborted();
    const clip = sorted[index] as ComparedClip;
    for (const [system, found] of await clipFeatures(clip, systems, needs, options)) {
      const [failure] = found.failures;
      if (strict && failure) throw new FoleyError("invalid-argument", `${failure.name}: ${failure.reason}`);
      // What only led to other features (2 MB per clip for DeSync) goes at once.
      const features = Object.fromEntries(Object.entries(found.features).filter(([name]) => kept.has(name)));
      (made.get(system) as MadeClip[])[index] = { ...found, features };
    }
    onClip?.(++done, sorted.length);
  });
  return systems.map((system) => reportOf(system, made.get(system) as MadeClip[], alone.get(system) as Alone, options));
}

interface Alone {
  readonly pairs: number;
  readonly onlyReference: readonly string[];
  readonly onlyGenerated: readonly string[];
}

/** Clips that one side lacks; where nothing true is given, generated ones lack nothing. */
function aloneIn(system: string, clips: readonly ComparedClip[]): Alone {
  const isTrue = ({ reference, video }: ComparedClip) => reference !== undefined || video !== undefined;
  const compares = clips.some(isTrue);
  const names = (which: (clip: ComparedClip, has: boolean) => boolean): readonly string[] =>
    clips.filter((clip) => which(clip, clip.generated.has(system))).map(({ name }) => name);
  return {
    pairs: names((clip, has) => has && isTrue(clip)).length,
    onlyReference: names((clip, has) => !has && isTrue(clip)),
    onlyGenerated: compares ? names((clip, has) => has && !isTrue(clip)) : [],
  };
}

function reportOf(system: string, made: readonly MadeClip[], alone: Alone, options: EvaluateSystemsOptions): EvaluationReport {
  const { metrics, hear = [], see = [], read = [], networks, seconds, bootstrap } = options;
  const results = metrics.map((metric) => metricResult(metric, made, bootstrap));
  const defined = metrics.filter((_, i) => results[i]?.value !== undefined);
  const used = withParts(
    defined.flatMap(({ needs }) => needs),
    options,
  );
  const makes = <Source>(side: string, { makes: names }: FeatureMaker<Source>) =>
    names.some((name) => used.has(`${side}/${name}`));
  return {
    system,
    seconds,
    ...alone,
    silent: silentIn("generated", made),
    silentReference: silentIn("reference", made),
    unequal: made.flatMap(({ name, features }): UnequalClip[] => {
      const [reference, generated] = [features["reference/duration"]?.data[0], features["generated/duration"]?.data[0]];
      if (reference === undefined || generated === undefined || Math.abs(reference - generated) <= SAME_LENGTH_SECONDS) return [];
      return [{ name, reference, generated }];
    }),
    failures: made.flatMap(({ failures }) => failures),
    networks: networkNeeds(defined, networks),
    madeBy: [
      ...hear.filter((one) => makes("reference", one) || makes("generated", one)),
      ...see.filter((one) => makes("video", one)),
      ...read.filter((one) => makes("text", one)),
    ].map(({ id }) => id),
    results,
  };
}

const silentIn = (side: string, made: readonly MadeClip[]): readonly string[] =>
  made.filter(({ features }) => features[`${side}/peak`]?.data[0] === 0).map(({ name }) => name);

/** The features, and those that are put together to make them. */
const withParts = (features: Iterable<string>, { join = [] }: EvaluateSystemsOptions): ReadonlySet<string> =>
  new Set(
    [...features].flatMap((feature) => [
      feature,
      ...join.flatMap(({ makes, of }) => (makes.some((name) => feature === `pair/${name}`) ? of : [])),
    ]),
  );
