/** A video as the studio sees it: probed at once, its pictures, filmstrip and sound streamed from a worker. Nothing of it is held whole. */

import type { MediaWarning } from "@foley-control/media/web";

/** What is known of it without decoding. */
export interface ClipInfo {
  /** Seconds of picture. */
  readonly duration: number;
  /** Pictures per second (the usual one where it varies). */
  readonly frameRate: number;
  /** Whether pictures come at varying times. */
  readonly variableRate: boolean;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly videoCodec: string;
  /** `undefined` where there is no sound. */
  readonly sound:
    | { readonly codec: string; readonly sampleRate: number; readonly channels: number; readonly duration: number }
    | undefined;
  /** What is odd. */
  readonly warnings: readonly ClipWarning[];
}

/** Something odd; `sound` is of a `codec` that this browser does not decode. */
export type ClipWarning = MediaWarning | { readonly code: "sound"; readonly codec: string };

/** A clip that cannot be shown. */
export type Refused =
  /** The codec of its picture, and what the package says of it. */
  { readonly undecodable: string; readonly sentence: string } | { readonly undecodable: undefined };

/** Least and greatest sample of each span of `samplesPerPeak` samples; a level of the pyramid that the timeline draws. */
export interface PeakLevel {
  readonly samplesPerPeak: number;
  /** min, max, min, max …; grows while the file is read. */
  readonly values: Float32Array;
}

/** Peaks of a sound, several levels, each `factor` coarser than the one before. */
export interface Peaks {
  readonly sampleRate: number;
  readonly levels: readonly PeakLevel[];
  /** Seconds that are done. */
  readonly ready: number;
}

/** A clip that is open. */
export interface Clip {
  readonly info: ClipInfo;
  /** The file. */
  readonly file: File;
  /** The picture shown at a time, at most `width` pixels wide; latest asked wins, an older one may give `undefined`. */
  frameAt(seconds: number, width: number): Promise<ImageBitmap | undefined>;
  /** Pictures at given times, in order, for the filmstrip; ends early when `signal` says so. */
  filmstrip(
    times: readonly number[],
    height: number,
    onPicture: (index: number, picture: ImageBitmap) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Peaks of its own sound; called again whenever there is more. */
  peaks(onPeaks: (peaks: Peaks) => void, signal: AbortSignal): Promise<void>;
  /** How much moves, 0 to 1, `perSecond` values a second; called again whenever there is more. */
  motion(onMotion: (values: Float32Array, perSecond: number) => void, signal: AbortSignal): Promise<void>;
  /** Its sound between two times at a rate, planar, at most two channels. */
  sound(start: number, end: number, sampleRate: number, signal?: AbortSignal): Promise<readonly Float32Array[]>;
  /** Integrated loudness of its sound, LUFS, of at most a minute; −200 where there is none. */
  loudness(): Promise<number>;
  close(): void;
}
