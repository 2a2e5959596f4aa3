/**
 * DeSync: how far sound and picture are apart as Synchformer hears it (Iashin et al., arXiv 2401.16423; the procedure of MMAudio,
 * arXiv 2412.15322). The network sorts a window of 4.8 s into classes of 0.2 s; each clip has two windows, at its start and its end.
 */
import { FoleyError } from "@foley-control/core";
import { SYNCHFORMER_SEGMENT } from "@foley-control/video-encoder";
import { checkRows, type Rows } from "./rows.js";

/** Segments of 0.64 s, 0.32 s apart, that one window holds. */
export const DESYNC_WINDOW_SEGMENTS = 14;
/** Samples of a segment of the sound, at 16 kHz, and from one to the next. */
export const DESYNC_SEGMENT_SAMPLES = { rate: 16000, length: 10240, step: 5120 } as const;
/** Offset of the last class, seconds; the first has its negative. */
const DESYNC_MAXIMUM_SECONDS = 2;

/** Offset of each class in seconds, evenly from −2 to 2, rounded to float32 as the reference has them. */
export function desyncGrid(classes = 21): Float32Array {
  if (!Number.isSafeInteger(classes) || classes < 2)
    throw new FoleyError("invalid-argument", `${classes} classes of offsets; expected at least 2.`, {
      hint: "Pass logits of the offset head.",
    });
  const step = (2 * DESYNC_MAXIMUM_SECONDS) / (classes - 1);
  return Float32Array.from({ length: classes }, (_, i) =>
    i === classes - 1 ? DESYNC_MAXIMUM_SECONDS : i * step - DESYNC_MAXIMUM_SECONDS,
  );
}

/** Which segments the windows of a clip take, `[first, one past the last]`. */
export interface DesyncWindows {
  /** Segments that the picture of the clip gives. */
  readonly segments: number;
  /** Segments that its sound gives. */
  readonly audioSegments: number;
  /** The window at the start. */
  readonly first: readonly [number, number];
  /** The window at the end; it overlaps the first in clips below 9.28 s. */
  readonly last: readonly [number, number];
}

/**
 * The windows of a clip.
 *
 * @throws FoleyError `invalid-argument` for a clip below 4.8 s, which has no window.
 */
export function desyncWindows(seconds: number): DesyncWindows {
  const count = ({ rate, length, step }: { rate: number; length: number; step: number }) =>
    Math.floor((Math.trunc(seconds * rate) - length) / step) + 1;
  const segments = count(SYNCHFORMER_SEGMENT);
  const audioSegments = count(DESYNC_SEGMENT_SAMPLES);
  const common = Math.min(segments, audioSegments);
  if (!(common >= DESYNC_WINDOW_SEGMENTS))
    throw new FoleyError("invalid-argument", `A clip of ${seconds} s is too short for DeSync; expected at least 4.8 s.`, {
      hint: "Leave the clip out of this metric, or evaluate longer ones.",
    });
  return {
    segments,
    audioSegments,
    first: [0, DESYNC_WINDOW_SEGMENTS],
    last: [common - DESYNC_WINDOW_SEGMENTS, common],
  };
}

/**
 * The most likely class of each window, the lowest of equal ones.
 *
 * @param logits - One row per window.
 * @throws FoleyError `invalid-argument` for numbers that are not finite.
 */
export function desyncClasses(logits: Rows): Uint32Array {
  checkRows("logits", logits);
  return Uint32Array.from({ length: logits.count }, (_, row) => {
    let best = 0;
    for (let c = 1; c < logits.width; c++)
      if (logits.data[row * logits.width + c]! > logits.data[row * logits.width + best]!) best = c;
    return best;
  });
}

/**
 * The absolute offset of each window in seconds. The mean over the windows of all clips is DeSync: 0 is best, guessing gives 1.05.
 *
 * @param logits - One row per window.
 * @throws FoleyError `invalid-argument` for numbers that are not finite.
 */
export function desyncOffsets(logits: Rows): Float64Array {
  const grid = desyncGrid(logits.width);
  return Float64Array.from(desyncClasses(logits), (index) => Math.abs(grid[index]!));
}
