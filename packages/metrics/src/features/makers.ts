/** What features are made by: of a sound, a picture, a caption, or of what others made of picture and sound. */
import type { Picture } from "@foley-control/core";
import type { FramePickOptions } from "../frontends/frame-picks.js";
import type { Sound } from "../frontends/sound.js";
import type { Rows } from "../statistics/rows.js";

/** Features of one thing by name, without the side. */
export type NamedRows = Readonly<Record<string, Rows>>;

/** Makes some features of one thing at a time. */
export interface FeatureMaker<Source> {
  /** What made them, settings included: features of equal ids are interchangeable, and are cached under it. */
  readonly id: string;
  /** Names of the features, without the side. */
  readonly makes: readonly string[];
  /**
   * Features of one thing.
   *
   * @param options - `signal` stops between two runs of a network; its reason is thrown
   * @throws FoleyError `invalid-argument` for what is too short for the network, has no samples or is not finite
   */
  compute(source: Source, options?: { readonly signal?: AbortSignal | undefined }): Promise<NamedRows>;
  /** Frees the loaded graphs; idempotent. */
  dispose(): Promise<void>;
}

/** Makes features of sounds. */
export type SoundFeatures = FeatureMaker<Sound>;

/** Makes features of videos, from those frames that are wanted, in order; what comes behind them is not asked for. */
export interface PictureFeatures extends FeatureMaker<AsyncIterable<Picture> | Iterable<Picture>> {
  /**
   * Which frames are wanted: those on screen at `pickTimes` of this. A player that holds its last frame hides that a video is too short;
   * `pickedFrames` tells.
   */
  readonly looks: FramePickOptions;
}

/** Makes features of captions. */
export interface TextFeatures extends FeatureMaker<string> {
  /** What the network reads of a caption, as text: the same for captions that it cannot tell apart, and another with another tokeniser. */
  digest(text: string): string;
}

/** Makes features of what other networks made of the picture and the generated sound of a clip. */
export interface PairFeatures extends FeatureMaker<readonly Rows[]> {
  /** What they are made of, by full name and in order, such as `"video/synchformer"`. */
  readonly of: readonly string[];
}

/** Everything that makes features of clips. */
export interface FeatureMakers {
  /** What hears the sounds. */
  readonly hear: readonly SoundFeatures[];
  /** What sees the pictures. */
  readonly see: readonly PictureFeatures[];
  /** What reads the captions. */
  readonly read: readonly TextFeatures[];
  /** What puts features of picture and sound together. */
  readonly join: readonly PairFeatures[];
}
