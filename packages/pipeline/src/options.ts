/** What a user may ask of a pipeline, and the defaults. */
import type { EventTrack, ProgressListener, SolverName } from "@foley-control/core";
import type { Pcm } from "@foley-control/media";
import type { WindowStore } from "./kept/store.js";
import type { DEFAULT_SCRATCH_BYTES, SoundScratch } from "./scratch.js";

/** Seed when none is given: the same call gives the same sound. */
export const DEFAULT_SEED = 0;
/** Guidance scale for the prompt, and for the picture, when neither caller nor backbone gives one. */
export const DEFAULT_GUIDANCE_SCALE = 3;
/** Strength of the bridge when none is given: as trained. */
export const DEFAULT_VIDEO_STRENGTH = 1;

/** A stretch of time, seconds. */
export interface TimeRange {
  /** Where it begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/** A sound that is there already. */
export interface KnownSound {
  /** It. Its first sample belongs where the sound begins that is made, which is at `start`; its end may be anywhere. Beyond two channels it is mixed down. */
  readonly sound: Pcm;
  /** Stretches that are made anew, in times of the clip. What is behind the end of the sound is made in any case. Default: that alone. */
  readonly anew?: readonly TimeRange[] | undefined;
}

/** One request for sound. */
export interface GenerateOptions<Source> {
  /** The clip. Without one, `duration` is needed, and the prompt alone decides, or `events` with it. */
  readonly video?: Source | undefined;
  /**
   * What is to be heard, and when: takes the place of what the picture says. Times are those of the clip, also where `start` cuts something off it; what lies
   * outside of the stretch that gets sound is not heard. Needs no video. Default: what the model finds in the picture.
   */
  readonly events?: EventTrack | undefined;
  /**
   * A sound of which a stretch is made anew, or that is gone on with: what is made goes on from what stays. What stays is heard as it was, sample by
   * sample, at its own rate, or that of the model where that is higher.
   */
  readonly known?: KnownSound | undefined;
  /** What it should sound like. Default "": the video alone decides. Text that is longer than the text encoder reads is cut. */
  readonly prompt?: string | undefined;
  /** What it should not sound like. Default "": no particular thing. Has no effect with a `guidanceScale` of 1. */
  readonly negativePrompt?: string | undefined;
  /** An integer; the same seed, options and runtime give the same samples. Default {@link DEFAULT_SEED}. */
  readonly seed?: number | bigint | undefined;
  /** Sampler steps, 1 to 1000. Default: that of the backbone, else `DEFAULT_STEPS` of the sampler. */
  readonly steps?: number | undefined;
  /** How strongly the prompt is followed: 1 as trained, more exaggerates, 0 ignores it. −100 to 100. Default: that of the backbone, else {@link DEFAULT_GUIDANCE_SCALE}. */
  readonly guidanceScale?: number | undefined;
  /** How strongly the video is followed: 1 as trained, more exaggerates, 0 ignores it. −100 to 100. Default: that of the backbone, else {@link DEFAULT_GUIDANCE_SCALE}. */
  readonly videoGuidanceScale?: number | undefined;
  /** Factor on what the bridge adds in every block, 0 to 2: 0 is exactly "no video", 1 as trained. Default {@link DEFAULT_VIDEO_STRENGTH}. */
  readonly videoStrength?: number | undefined;
  /** Name of the solver. Default: that of the backbone, else `DEFAULT_SOLVER` of the sampler. */
  readonly solver?: SolverName | undefined;
  /** Where in the clip to begin, seconds. Default 0. */
  readonly start?: number | undefined;
  /** How much of the clip gets sound, seconds. Default: to the end of the picture. */
  readonly duration?: number | undefined;
  /** What to do with a clip that is cut off: refuse it, or hold the last good frame. Default "throw". */
  readonly onError?: "throw" | "hold" | undefined;
  /**
   * Where finished windows of a long sound are kept: asked for the same again, or with another end, only what is missing is made. A sound that is
   * sampled at once is not kept. Default: nowhere.
   */
  readonly keep?: WindowStore | undefined;
  /**
   * Where the sound lies from its first piece on until its take is let go (`generate`; `stream` keeps nothing). Default: memory; on Node a
   * temporary file for more than {@link DEFAULT_SCRATCH_BYTES}.
   */
  readonly scratch?: SoundScratch | undefined;
  /** Stops the work between two runs of a network. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what is going on. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Checked settings: what a generation was made with. */
export interface GenerateSettings {
  /** The prompt, as given. */
  readonly prompt: string;
  /** The negative prompt, as given. */
  readonly negativePrompt: string;
  /** The seed. */
  readonly seed: number | bigint;
  /** Sampler steps. */
  readonly steps: number;
  /** Guidance scale for the prompt. */
  readonly guidanceScale: number;
  /** Guidance scale for the video. */
  readonly videoGuidanceScale: number;
  /** Factor on the bridge. */
  readonly videoStrength: number;
  /** Name of the solver. */
  readonly solver: SolverName;
}
