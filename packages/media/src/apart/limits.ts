/**
 * How much a file may cost the process that reads it. Work that moves (bytes read, packets, frames, sound) may take as long as it
 * takes; what is bounded is work that gets nowhere, and memory beyond what such a file can need.
 */
import type { MediaInfo } from "../read/types.js";

/** Bounds on one file. */
export interface ApartLimits {
  /** Processor seconds without progress, of all threads together. */
  readonly workSeconds: number;
  /** Seconds without progress and without work, while nothing is waited for. */
  readonly idleSeconds: number;
  /** Megabytes above what the process held before the file was opened. */
  readonly megabytes: number;
}

/** Bounds before anything is known of a file. */
export const DEFAULT_LIMITS: ApartLimits = { workSeconds: 7, idleSeconds: 60, megabytes: 400 };

/** An index grows with its file; up to here, bytes. */
const LARGEST_INDEX = 1 << 30;
/** Of every pixel: pictures that a decoder keeps for reference, for reordering and for each of its threads. */
const BYTES_PER_PIXEL = 60;
/** Megabytes for pictures, at most: those of 8K. */
const MOST_FOR_PICTURES = 2000;
/** Copies of the sound while it is read, or resampled, mixed and encoded. */
const COPIES_OF_SOUND = 6;
/** Of sound that is written: nothing is said while it is resampled and encoded, at a hundredth of its length or less. */
const WORK_PER_SECOND_OF_SOUND = 0.05;

/** The bounds for a file of which `info` is known, whose picture is to get `seconds` of new sound. */
export function limitsFor(base: ApartLimits, size: number, info?: MediaInfo, seconds = 0): ApartLimits {
  const pixels = info?.video ? info.video.width * info.video.height : 0;
  const written = seconds > 0 ? Math.max(seconds, info?.video?.duration ?? 0) : 0;
  const read = info?.audio ? info.audio.duration * info.audio.sampleRate * info.audio.channels : 0;
  const sound = 4 * COPIES_OF_SOUND * (read + written * 96_000);
  return {
    ...base,
    workSeconds: base.workSeconds + written * WORK_PER_SECOND_OF_SOUND,
    megabytes:
      base.megabytes +
      Math.min(MOST_FOR_PICTURES, (pixels * BYTES_PER_PIXEL) / 1e6) +
      (Math.min(size, LARGEST_INDEX) + sound) / 1e6,
  };
}
