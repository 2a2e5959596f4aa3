/** What is known about a media file, and what can be asked of it. */
import type { ProgressListener, Warning } from "@foley-control/core";
import type { EncodedPacket } from "mediabunny";
import type { Pcm } from "../audio/pcm.js";
import type { Sound } from "../audio/pcm-source.js";
import type { Fit } from "../picture/fit.js";
import type { VideoContainer } from "../write/container-name.js";

/** Something that is odd about a file but does not stop the work. */
export type MediaWarning = Warning<"truncated" | "no-frames" | "starts-late" | "unread-picture" | "unknown-colours">;

/** The picture of a file. */
export interface VideoInfo {
  /** "avc", "hevc", "vp8", "vp9", "av1", "prores", or the container's own name for others. */
  readonly codec: string;
  /** Upright, in square pixels, as shown. */
  readonly width: number;
  /** Upright, in square pixels, as shown. */
  readonly height: number;
  /** Clockwise turn in degrees that brings the coded picture upright; frames come out upright already. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Time of the first frame in seconds; 0 for most files. */
  readonly start: number;
  /** End of the last frame in seconds. */
  readonly duration: number;
  /** Mean frames per second over the first 256 packets; `undefined` with fewer than two. */
  readonly fps: number | undefined;
  /** True when the distances of those frames differ by more than 2 ms. */
  readonly variableFrameRate: boolean;
  /** Whether the chosen backend can decode it. */
  readonly canDecode: boolean;
}

/** The sound of a file. */
export interface AudioInfo {
  /** "aac", "opus", "mp3", "flac", "vorbis", "pcm-…", or the container's own name for others. */
  readonly codec: string;
  /** Hz. */
  readonly sampleRate: number;
  /** Number of channels. */
  readonly channels: number;
  /** Time of the first sample in seconds. */
  readonly start: number;
  /** End of the last sample in seconds. */
  readonly duration: number;
  /** Whether the chosen backend can decode it. */
  readonly canDecode: boolean;
}

/** What {@link MediaFile} knows without decoding. All times are in seconds from the start of the clip. */
export interface MediaInfo {
  /** "mp4", "mov", "webm", "mkv", "wav", "flac", …. */
  readonly container: string;
  /** End of the last track in seconds. */
  readonly duration: number;
  /** Timestamp inside the file that is time 0 here: the earliest of its tracks, or 0 when one begins before 0. */
  readonly origin: number;
  /** The picture; `undefined` when the file has none. */
  readonly video: VideoInfo | undefined;
  /** The sound; `undefined` when the file has none. */
  readonly audio: AudioInfo | undefined;
  /** What is odd about the file; empty as a rule. */
  readonly warnings: readonly MediaWarning[];
}

/** What to do where a file is cut off or damaged: stop with an error, or hold the last good frame. */
export type OnError = "throw" | "hold";

/** Options of {@link MediaFile.audio}. */
export interface AudioOptions {
  /** Seconds into the clip; default 0. */
  readonly start?: number | undefined;
  /**
   * Seconds; default to the end of what is read. Of sound exactly `round(duration × sampleRate)` samples, silent beyond its end; of a
   * picture the last frame is held.
   */
  readonly duration?: number | undefined;
  /** Default: that of {@link OpenOptions}. */
  readonly onError?: OnError | undefined;
  /** Stops the decoding; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Receives `read-progress` with part "audio", or "frames". */
  readonly onProgress?: ProgressListener | undefined;
}

/** Options of {@link MediaFile.frames}. */
export interface FramesOptions extends AudioOptions {
  /** Frames per second wanted; default {@link DEFAULT_FRAMES_PER_SECOND}. */
  readonly fps?: number | undefined;
  /** `[height, width]` in pixels; default {@link DEFAULT_FRAME_SIZE}. */
  readonly size?: readonly [number, number] | undefined;
  /** Default "fill": the whole picture, stretched. */
  readonly fit?: Fit | undefined;
  /**
   * Which picture a frame is: `"shown"`, the one on screen at its time, or `"next"`, the first at or after it, as MMAudio takes them; behind the last
   * picture that one. Default `"shown"`.
   */
  readonly takes?: "shown" | "next" | undefined;
}

/** Frames per second when none are asked for. */
export const DEFAULT_FRAMES_PER_SECOND = 16;
/** `[height, width]` when none is asked for. */
export const DEFAULT_FRAME_SIZE: readonly [number, number] = [256, 256];

/** One frame at an exact time. */
export interface Frame {
  /** From 0. */
  readonly index: number;
  /** `start + index / fps`, in seconds. */
  readonly time: number;
  /** True when it shows the same source frame as the one before; `rgb` is then the same array. */
  readonly repeated: boolean;
  /** `height × width × 3` bytes, RGB, row by row from the top left. Shared between repeated frames: do not write into it. */
  readonly rgb: Uint8Array;
}

/** What becomes of the sound that a file already has: gone, summed with the new one, or left as the first track beside it. */
export type OriginalSound = "replace" | "mix" | "keep";

/** Options of {@link MediaFile.replaceAudio}. */
export interface ReplaceAudioOptions {
  /** Default "auto": that of the source where it can be written, else mp4, or mkv for codecs that mp4 plays badly. */
  readonly container?: VideoContainer | "auto" | undefined;
  /** Default "replace". */
  readonly original?: OriginalSound | undefined;
  /** Factor on the original sound when mixing; default 1. */
  readonly originalGain?: number | undefined;
  /** Factor on the new sound; default 1. */
  readonly gain?: number | undefined;
  /** Seconds into the clip at which the new sound begins; default 0. It is silent before. */
  readonly at?: number | undefined;
  /** Seconds of the new sound, the silence before it included: the sound is cut or padded to `round(length × rate)` samples. "video" is that of the picture, "sound" its own. Default: that of the picture, or of the original sound when that is mixed in and longer. */
  readonly length?: "video" | "sound" | number | undefined;
  /** Bits per second of the new sound; default 128,000 per channel. */
  readonly bitrate?: number | undefined;
  /** Stops the writing; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Receives `write-progress`. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Options of `openMedia`. */
export interface OpenOptions {
  /** Default "throw": a file that is cut off is refused when opened. "hold" reads what is there and adds a warning. */
  readonly onError?: OnError | undefined;
  /** Stops the opening; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** An open media file. Dispose it. */
export interface MediaFile {
  /** What is known without decoding. */
  readonly info: MediaInfo;
  /**
   * Frames at exact times: frame i is the last one whose timestamp is ≤ `start + i / fps` (the hold rule); before the first
   * frame, the first; with `takes: "next"` the first at or after it. Upright. Any frame rate, constant or not. Holds a few decoded frames at most.
   *
   * @throws FoleyError `no-video`, `missing-dependency`, `unsupported`, `bad-file`, `invalid-argument`.
   */
  frames(options?: FramesOptions): AsyncGenerator<Frame, void, undefined>;
  /**
   * The sound at its own rate.
   *
   * @throws FoleyError `no-audio`, `missing-dependency`, `unsupported`, `bad-file`, `invalid-argument`.
   */
  audio(options?: AudioOptions): Promise<Pcm>;
  /**
   * The picture, packets copied bit for bit, with new sound that starts at 0 s.
   *
   * @throws FoleyError `no-video`, `unsupported`, `bad-file`.
   */
  replaceAudio(pcm: Sound, options?: ReplaceAudioOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * As `replaceAudio`, piece by piece into a stream, which is closed at the end, or aborted on an error. A clip of any length takes some
   * megabytes of memory, and so does a sound of any length that is read (`PcmSource`), mixed or not. A stream that can `seek`, such as the browser's `FileSystemWritableFileStream`, gets the file that `replaceAudio`
   * makes of it; of any other, files above 32 MB are written for reading in one go: mp4 and mov in fragments, WebM and Matroska without
   * their length.
   *
   * @throws FoleyError as `replaceAudio`; what the stream throws
   */
  writeWithAudio(stream: WritableStream<Uint8Array<ArrayBuffer>>, pcm: Sound, options?: ReplaceAudioOptions): Promise<void>;
  /** The encoded packets of the picture in decoding order. */
  videoPackets(options?: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<EncodedPacket, void, undefined>;
  /** Frees everything; idempotent. */
  dispose(): void;
  [Symbol.dispose](): void;
}
