/** Everything that is needed of one clip, from the cache or made, and what could not be made of it. */
import { FoleyError } from "@foley-control/core";
import type { FeatureMaker, FeatureMakers, NamedRows } from "../features/makers.js";
import type { Sound } from "../frontends/sound.js";
import type { ClipFeatures } from "../metrics/clip-metric.js";
import type { Rows } from "../statistics/rows.js";
import type { ComparedClip, EvaluatedSound, EvaluatedVideo, FeatureCache } from "./clips.js";
import type { ClipFailure } from "./report.js";

/** Features of a clip as one system has it, and what is missing. */
export interface MadeClip extends ClipFeatures {
  /** Those that could be made. */
  readonly features: Readonly<Record<string, Rows>>;
  /** Those that could not. */
  readonly failures: readonly ClipFailure[];
}

/** What features are made by, and where they are kept. */
interface ClipFeaturesOptions extends Partial<FeatureMakers> {
  /** Default: nowhere. */
  readonly cache?: FeatureCache | undefined;
  /** Stops between two frames and two networks. */
  readonly signal?: AbortSignal | undefined;
}

type Features = Record<string, Rows>;
type Fail = (features: readonly string[], error: unknown) => void;

/** Codes of errors that are not the clip's fault. */
const HERE: ReadonlySet<string> = new Set(["not-writable", "missing-dependency", "disposed"]);

/**
 * Features of one clip, by system. What is true of it is looked at once.
 *
 * @param needs - Full names of what is needed
 * @throws whatever is not the clip's fault, and the reason of an abort
 */
export async function clipFeatures(
  clip: ComparedClip,
  systems: readonly string[],
  needs: ReadonlySet<string>,
  options: ClipFeaturesOptions,
): Promise<ReadonlyMap<string, MadeClip>> {
  const { name, features: given = {}, caption } = clip;
  const { hear = [], see = [], read = [], join = [], signal } = options;
  const wanted = new Set([...needs].filter((need) => !Object.hasOwn(given, need)));
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
  const heard = (side: string, sound: EvaluatedSound, fail: Fail) => {
    // It is read once, and only if something is not in the cache.
    let samples: Promise<Sound> | undefined;
    const source = { digest: () => sound.digest(), read: () => (samples ??= sound.read()) };
    return made(side, hear, () => source, wanted, options, fail);
  };
  // Each network reads the frames that it wants.
  const seen = (video: EvaluatedVideo, fail: Fail) =>
    made(
      "video",
      see,
      ({ looks }) => ({ digest: () => video.digest(), read: () => video.frames(looks, signal) }),
      wanted,
      options,
      fail,
    );
  const understood = (text: string, fail: Fail) =>
    made("text", read, (one) => ({ digest: async () => one.digest(text), read: () => text }), wanted, options, fail);
  const joined = (features: Features, fail: Fail) =>
    made(
      "pair",
      join.filter(({ of }) => of.every((part) => features[part])),
      ({ of }) => ({ read: () => of.map((part) => features[part] as Rows) }),
      wanted,
      options,
      fail,
    );
  const lacks = <Source>(side: string, makers: readonly FeatureMaker<Source>[], reason: string, fail: Fail): void => {
    const missing = makers.flatMap(({ makes }) => makes.map((one) => `${side}/${one}`)).filter((one) => wanted.has(one));
    // Where nothing could be made of it, it is not missed.
    if (missing.length > 0) fail(missing, new FoleyError("invalid-argument", reason));
  };

  const [ofTruth, ofMeaning]: [ClipFailure[], ClipFailure[]] = [[], []];
  const common = clip.reference ? await heard("reference", clip.reference, failTo(ofTruth)) : {};
  const video = clip.video ?? clip.reference?.video;
  // Picture and caption are for what was made; nobody misses them where nothing was.
  if (systems.some((system) => clip.generated.has(system))) {
    const fail = failTo(ofMeaning);
    if (video) Object.assign(common, await seen(video, fail));
    if (caption !== undefined) Object.assign(common, await understood(caption, fail));
    else lacks("text", read, "There is no caption.", fail);
  }
  const bySystem = new Map<string, MadeClip>();
  for (const system of systems) {
    const sound = clip.generated.get(system);
    const failures = [...ofTruth, ...(sound ? ofMeaning : [])];
    const features: Features = { ...common, ...given };
    if (sound) {
      const fail = failTo(failures);
      Object.assign(features, await heard("generated", sound, fail));
      if (!video && sound.video) Object.assign(features, await seen(sound.video, fail));
      else if (!video) lacks("video", see, "There is no picture.", fail);
      Object.assign(features, await joined(features, fail));
    }
    bySystem.set(system, { name, features, failures });
  }
  return bySystem;
}

/** What features are made of. Without a digest they are not kept. */
interface Source<Input> {
  readonly digest?: () => Promise<string>;
  readonly read: () => Input | Promise<Input>;
}

/** What is needed of one thing by everything that makes features of it. */
async function made<Input, Maker extends FeatureMaker<Input>>(
  side: string,
  makers: readonly Maker[],
  sourceOf: (maker: Maker) => Source<Input>,
  needs: ReadonlySet<string>,
  { cache, signal }: ClipFeaturesOptions,
  fail: Fail,
): Promise<Features> {
  const features: Features = {};
  for (const maker of makers) {
    const names = maker.makes.map((name) => `${side}/${name}`);
    if (!names.some((name) => needs.has(name))) continue;
    const { digest, read } = sourceOf(maker);
    try {
      const make = async () => inFloat32(await maker.compute(await read(), { signal }));
      const found = await (cache && digest ? kept(cache, maker.id, await digest(), make) : make());
      for (const [name, rows] of Object.entries(found)) if (needs.has(`${side}/${name}`)) features[`${side}/${name}`] = rows;
    } catch (error) {
      signal?.throwIfAborted();
      fail(names, error);
    }
  }
  return features;
}

/** From the cache, or made and kept there. */
async function kept(cache: FeatureCache, id: string, digest: string, make: () => Promise<NamedRows>): Promise<NamedRows> {
  const known = await cache.get(id, digest);
  if (known) return known;
  const found = await make();
  await cache.set(id, digest, found);
  return found;
}

/** As they come back from the cache, so that a second run gives the same numbers. */
const inFloat32 = (features: NamedRows): NamedRows =>
  Object.fromEntries(
    Object.entries(features).map(([name, { count, width, data }]) => [name, { count, width, data: Float32Array.from(data) }]),
  );
