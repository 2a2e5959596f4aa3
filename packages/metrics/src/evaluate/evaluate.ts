/**
 * Systems against the truth, clip by clip: features from the cache or made, then every metric, with what could not be scored. What is true
 * of a clip (its sound, its picture) is looked at once, however many systems there are.
 */
import { FoleyError, type Picture } from "@foley-control/core";
import type { FramePickOptions } from "../frontends/frame-picks.js";
import type { Sound } from "../frontends/sound.js";
import type { ClipFeatures, ClipMetric } from "../metrics/clip-metric.js";
import type { BootstrapOptions } from "../statistics/bootstrap.js";
import type { Rows } from "../statistics/rows.js";
import { inParallel } from "./in-parallel.js";
import { networkNeeds } from "./network-needs.js";
import type { PictureFeatures } from "./picture-features.js";
import { type ClipFailure, type EvaluationReport, metricResult, type UnequalClip } from "./report.js";
import type { NamedRows, SoundFeatures, SynchronyJudge } from "./sound-features.js";
import type { TextFeatures } from "./text-features.js";

/** A picture that is read when its features are not in the cache. */
export interface EvaluatedVideo {
  /** Digest of its content: features are cached under it. Asked for only when there is a cache. */
  digest(): Promise<string>;
  /**
   * The frames that are on screen at `pickTimes(looks)`, in order.
   *
   * @throws FoleyError when there is no picture, or too little of it.
   */
  frames(looks: FramePickOptions, signal?: AbortSignal): AsyncIterable<Picture>;
}

/** A sound that is read when its features are not in the cache. */
export interface EvaluatedSound {
  /** Digest of its content: features are cached under it. Asked for only when there is a cache. */
  digest(): Promise<string>;
  /** Reads it. */
  read(): Promise<Sound>;
  /** The picture that lies in the same file, if any. */
  readonly video?: EvaluatedVideo | undefined;
}

/** What is true of a clip. */
export interface TrueClip {
  /** Common name of its sounds. */
  readonly name: string;
  /** The true sound. */
  readonly reference?: EvaluatedSound | undefined;
  /** The picture. Default: that of the true sound's file, else that of the generated one's. */
  readonly video?: EvaluatedVideo | undefined;
  /** What should be heard, in words. */
  readonly caption?: string | undefined;
  /** Features that were made elsewhere; they stand in place of what would be made here, as `reference/onsets` that people marked. */
  readonly features?: NamedRows | undefined;
}

/** One clip with what is there of it. */
export interface EvaluatedClip extends TrueClip {
  /** The generated sound. */
  readonly generated?: EvaluatedSound | undefined;
}

/** One clip with what several systems made of it. */
export interface ComparedClip extends TrueClip {
  /** Generated sounds by the name of the system. */
  readonly generated: ReadonlyMap<string, EvaluatedSound>;
}

/** Keeps features by what made them and what they were made of. */
export interface FeatureCache {
  /** What is kept, if anything. */
  get(id: string, digest: string): Promise<NamedRows | undefined>;
  /** Keeps features. */
  set(id: string, digest: string, features: NamedRows): Promise<void>;
}

/** Options of {@link evaluateSystems}. */
export interface EvaluateSystemsOptions {
  /** What is measured. */
  readonly metrics: readonly ClipMetric[];
  /** What hears the sounds; what no metric needs is not run. */
  readonly hear: readonly SoundFeatures[];
  /** What sees the pictures; likewise. */
  readonly see?: readonly PictureFeatures[];
  /** What reads the captions; likewise. */
  readonly read?: readonly TextFeatures[];
  /** Puts features of picture and sound together for DeSync. */
  readonly judge?: SynchronyJudge | undefined;
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

/** Options of {@link evaluateClips}. */
export interface EvaluateOptions extends EvaluateSystemsOptions {
  /** Name of the system, for reports. Default `"generated"`. */
  readonly system?: string;
}

/** Two: one is decoded while networks look at the other. */
export const DEFAULT_CLIPS_AT_A_TIME = 2;

/** Seconds by which two sounds may differ in length before the report says so. */
const SAME_LENGTH_SECONDS = 0.05;

/** What the reports say of sounds whatever is measured. */
const FACTS = ["reference/duration", "reference/peak", "generated/duration", "generated/peak"] as const;

/** What a metric needs that is made of other features. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  "pair/synchformer": ["video/synchformer", "generated/synchformer"],
};

/**
 * Evaluates the clips of one system; see {@link evaluateSystems}.
 *
 * @param clips - In any order; they are sorted by name.
 * @throws FoleyError as {@link evaluateSystems}.
 */
export async function evaluateClips(clips: readonly EvaluatedClip[], options: EvaluateOptions): Promise<EvaluationReport> {
  const { system = "generated", ...rest } = options;
  const compared = clips.map((clip) => ({ ...clip, generated: new Map(clip.generated ? [[system, clip.generated]] : []) }));
  return (await evaluateSystems([system], compared, rest))[0] as EvaluationReport;
}

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
  const needs = new Set([...kept].flatMap((need) => [need, ...(MADE_OF[need] ?? [])]));
  const made = new Map(systems.map((system) => [system, new Array<MadeClip>(sorted.length)]));
  let done = 0;
  await inParallel(sorted.length, jobs, async (index) => {
    signal?.throwIfAborted();
    const clip = sorted[index] as ComparedClip;
    for (const [system, found] of await clipOf(clip, systems, needs, options)) {
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

/** Features of a clip as one system has it, and what is missing. */
interface MadeClip extends ClipFeatures {
  readonly features: Readonly<Record<string, Rows>>;
  readonly failures: readonly ClipFailure[];
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

function reportOf(
  system: string,
  made: readonly MadeClip[],
  alone: Alone,
  { metrics, hear, see = [], read = [], seconds, bootstrap }: EvaluateSystemsOptions,
): EvaluationReport {
  const results = metrics.map((metric) => metricResult(metric, made, bootstrap));
  const defined = metrics.filter((_, i) => results[i]?.value !== undefined);
  const used = new Set(defined.flatMap(({ needs }) => needs.flatMap((need) => [need, ...(MADE_OF[need] ?? [])])));
  const makes = (side: string, { makes: names }: Maker) => names.some((name) => used.has(`${side}/${name}`));
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
    networks: networkNeeds(defined),
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

type Fail = (features: readonly string[], error: unknown) => void;

/** Everything that is needed of one clip, by system. */
async function clipOf(
  clip: ComparedClip,
  systems: readonly string[],
  needs: ReadonlySet<string>,
  options: EvaluateSystemsOptions,
): Promise<ReadonlyMap<string, MadeClip>> {
  const { name } = clip;
  const failTo =
    (failures: ClipFailure[]): Fail =>
    (features, error) => {
      // What is wrong with the clip is reported; what is wrong with the program, the disk or the machine is not hidden.
      if (!FoleyError.isInstance(error) || HERE.has(error.code)) throw error;
      const missing = features.filter((one) => needs.has(one));
      const same = failures.findIndex(({ reason }) => reason === error.message);
      // A file that cannot be read is one failure, however many networks would have heard it.
      if (same >= 0)
        failures[same] = { name, features: [...(failures[same]?.features ?? []), ...missing], reason: error.message };
      else failures.push({ name, features: missing, reason: error.message });
    };
  const given = clip.features ?? {};
  const wanted = new Set([...needs].filter((need) => !Object.hasOwn(given, need)));
  const [ofTruth, ofMeaning]: [ClipFailure[], ClipFailure[]] = [[], []];
  const common: Record<string, Rows> = clip.reference
    ? await heard("reference", clip.reference, wanted, options, failTo(ofTruth))
    : {};
  const { see = [], read = [] } = options;
  const video = clip.video ?? clip.reference?.video;
  // Picture and caption are for what was made; nobody misses them where nothing was.
  if (systems.some((system) => clip.generated.has(system))) {
    const fail = failTo(ofMeaning);
    if (video) Object.assign(common, await seen(video, wanted, options, fail));
    if (clip.caption !== undefined) Object.assign(common, await understood(clip.caption, wanted, options, fail));
    else lacks("text", read, wanted, "There is no caption.", fail);
  }
  const made = new Map<string, MadeClip>();
  for (const system of systems) {
    const sound = clip.generated.get(system);
    const failures = [...ofTruth, ...(sound ? ofMeaning : [])];
    const features: Record<string, Rows> = { ...common, ...given };
    if (sound) {
      const fail = failTo(failures);
      Object.assign(features, await heard("generated", sound, wanted, options, fail));
      if (!video && sound.video) Object.assign(features, await seen(sound.video, wanted, options, fail));
      else if (!video) lacks("video", see, wanted, "There is no picture.", fail);
      await judged(features, needs, options, fail);
    }
    made.set(system, { name, features, failures });
  }
  return made;
}

type Maker = SoundFeatures | PictureFeatures | TextFeatures;

/** Names what is wanted of something that is not there; where nothing could be made of it, it is not missed. */
function lacks(side: string, makers: readonly Maker[], needs: ReadonlySet<string>, reason: string, fail: Fail): void {
  const missing = makers.flatMap(({ makes }) => makes.map((name) => `${side}/${name}`)).filter((name) => needs.has(name));
  if (missing.length > 0) fail(missing, new FoleyError("invalid-argument", reason));
}

/** Codes of errors that are not the clip's fault. */
const HERE: ReadonlySet<string> = new Set(["not-writable", "missing-dependency", "disposed"]);

/** Features of a sound. It is read once, and only if something is not in the cache. */
async function heard(
  side: "reference" | "generated",
  source: EvaluatedSound,
  needs: ReadonlySet<string>,
  { hear, cache }: EvaluateSystemsOptions,
  fail: Fail,
): Promise<Record<string, Rows>> {
  const features: Record<string, Rows> = {};
  let sound: Promise<Sound> | undefined;
  for (const network of hear) {
    const names = network.makes.map((name) => `${side}/${name}`);
    if (!names.some((name) => needs.has(name))) continue;
    try {
      const found = await kept(cache, network.id, source, async () => network.compute(await (sound ??= source.read())));
      for (const [name, rows] of Object.entries(found)) if (needs.has(`${side}/${name}`)) features[`${side}/${name}`] = rows;
    } catch (error) {
      fail(names, error);
    }
  }
  return features;
}

/** Features of a picture; each network reads the frames that it wants. */
async function seen(
  source: EvaluatedVideo,
  needs: ReadonlySet<string>,
  { see = [], cache, signal }: EvaluateSystemsOptions,
  fail: Fail,
): Promise<Record<string, Rows>> {
  const features: Record<string, Rows> = {};
  for (const network of see) {
    const names = network.makes.map((name) => `video/${name}`);
    if (!names.some((name) => needs.has(name))) continue;
    try {
      const compute = () => network.compute(source.frames(network.looks, signal), { signal });
      for (const [name, rows] of Object.entries(await kept(cache, network.id, source, compute))) features[`video/${name}`] = rows;
    } catch (error) {
      signal?.throwIfAborted();
      fail(names, error);
    }
  }
  return features;
}

/** Features of a caption. */
async function understood(
  caption: string,
  needs: ReadonlySet<string>,
  { read = [], cache }: EvaluateSystemsOptions,
  fail: Fail,
): Promise<Record<string, Rows>> {
  const features: Record<string, Rows> = {};
  for (const network of read) {
    const names = network.makes.map((name) => `text/${name}`);
    if (!names.some((name) => needs.has(name))) continue;
    const source = { digest: async () => network.digest(caption) };
    try {
      const found = await kept(cache, network.id, source, () => network.compute(caption));
      for (const [name, rows] of Object.entries(found)) features[`text/${name}`] = rows;
    } catch (error) {
      fail(names, error);
    }
  }
  return features;
}

/** What a network says of picture and sound together. */
async function judged(
  features: Record<string, Rows>,
  needs: ReadonlySet<string>,
  { judge }: EvaluateSystemsOptions,
  fail: Fail,
): Promise<void> {
  const [video, audio] = [features["video/synchformer"], features["generated/synchformer"]];
  if (!needs.has("pair/synchformer") || features["pair/synchformer"] || !judge || !video || !audio) return;
  try {
    features["pair/synchformer"] = await judge.judge(video, audio);
  } catch (error) {
    fail(["pair/synchformer"], error);
  }
}

/** From the cache, or made and kept there. */
async function kept(
  cache: FeatureCache | undefined,
  id: string,
  source: { digest(): Promise<string> },
  make: () => Promise<NamedRows>,
): Promise<NamedRows> {
  if (!cache) return inFloat32(await make());
  const digest = await source.digest();
  const known = await cache.get(id, digest);
  if (known) return known;
  const made = inFloat32(await make());
  await cache.set(id, digest, made);
  return made;
}

/** As they come back from the cache, so that a second run gives the same numbers. */
const inFloat32 = (features: NamedRows): NamedRows =>
  Object.fromEntries(
    Object.entries(features).map(([name, { count, width, data }]) => [name, { count, width, data: Float32Array.from(data) }]),
  );
