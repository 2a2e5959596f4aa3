/** Clips as an evaluation takes them: what is true, what was made, and how each is read when its features are not kept. */
import type { Picture } from "@foley-control/core";
import type { NamedRows } from "../features/makers.js";
import type { FramePickOptions } from "../frontends/frame-picks.js";
import type { Sound } from "../frontends/sound.js";

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
