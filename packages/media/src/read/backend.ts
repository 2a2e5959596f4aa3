/** What decodes: the muxing library with WebCodecs or native codecs, or an `ffmpeg` on the PATH. One interface for both. */
import type { Pcm } from "../audio/pcm.js";
import type { Fit } from "../picture/fit.js";
import type { OnError } from "./types.js";

/** Frames wanted at times of the clip. */
export interface PictureRequest {
  /** Seconds from the start of the clip, ascending, at least one: `start + i / fps`. */
  readonly times: readonly number[];
  readonly start: number;
  readonly fps: number;
  readonly size: readonly [number, number];
  readonly fit: Fit;
  readonly onError: OnError;
  readonly signal: AbortSignal | undefined;
}

/** Sound wanted from a stretch of the clip. */
export interface SoundRequest {
  readonly start: number;
  readonly duration: number;
  readonly onError: OnError;
  readonly signal: AbortSignal | undefined;
  /** Called with the seconds read so far. */
  readonly onTime: (seconds: number) => void;
}

/** A decoder of one open file. */
export interface DecodeBackend {
  /** One RGB array for every time; the same array again where the source frame is the same. */
  pictures(request: PictureRequest): AsyncGenerator<Uint8Array, void, undefined>;
  /** Exactly `round(duration × rate)` samples from `start` on. */
  sound(request: SoundRequest): Promise<Pcm>;
}
