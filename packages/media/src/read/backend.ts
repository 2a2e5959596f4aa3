/** What decodes: the muxing library with WebCodecs or native codecs, or an `ffmpeg` on the PATH. One interface for both. */
import type { SoundStream } from "../audio/sound-stream.js";
import type { Fit } from "../picture/fit.js";
import type { TakenPicture } from "./taken-pictures.js";
import type { OnError } from "./types.js";

/** Frames wanted at times of the clip. */
export interface PictureRequest {
  /** How many, at least one: frame i is wanted at `start + i / fps`, seconds from the start of the clip. */
  readonly count: number;
  readonly start: number;
  readonly fps: number;
  /** The picture that each frame is, in place of the one on screen at its time. */
  readonly taken?: readonly TakenPicture[] | undefined;
  readonly size: readonly [number, number];
  readonly fit: Fit;
  readonly onError: OnError;
  readonly signal: AbortSignal | undefined;
  /** Called for each time whose own frame cannot be decoded, so that another is shown. */
  readonly onHeld: (time: number) => void;
}

/** Sound wanted from a stretch of the clip. */
export interface SoundRequest {
  readonly start: number;
  readonly duration: number;
  readonly onError: OnError;
  readonly signal: AbortSignal | undefined;
  /** Called with the seconds read so far. */
  readonly onTime: (seconds: number) => void;
  /** Called with the time from which on sound cannot be decoded and is silent. */
  readonly onLost: (time: number) => void;
}

/** A decoder of one open file. */
export interface DecodeBackend {
  /** Whether it decodes the file's picture and its sound, where there are such. */
  readonly decodes: { readonly picture: boolean; readonly sound: boolean };
  /** One RGB array for every time; the same array again where the source frame is the same. */
  pictures(request: PictureRequest): AsyncGenerator<Uint8Array, void, undefined>;
  /** Exactly `round(duration × rate)` samples from `start` on, decoded while they are read. */
  sound(request: SoundRequest): Promise<SoundStream>;
}
