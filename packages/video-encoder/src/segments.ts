/** Which frames of a clip go into which run of an encoder, and which of the tokens are kept. */
import type { VideoEncoder } from "@foley-control/core";

/** One run of an encoder. */
export interface Segment {
  /** First frame of the clip in it. */
  readonly firstFrame: number;
  /** Frames of the clip in it; the last of them is repeated up to the encoder's window. */
  readonly frames: number;
  /** Tokens that show frames of the clip: the first of the run. */
  readonly tokens: number;
}

/** Durations are container timestamps; one that falls short of a frame by this much still has it, seconds. */
const SLACK = 1e-6;

/** Whole frames in `duration` seconds, at least one. Frame k stands for the time k / frameRate. */
export const wholeFrames = (duration: number, frameRate: number): number =>
  Math.max(1, Math.floor((duration + SLACK) * frameRate));

/**
 * Cuts a clip into windows, which overlap where the encoder's `step` is less than its window. What is left at the end fills a window with
 * its last frame, which is encoded whole and loses the tokens that show filling only, or is dropped, as the encoder says. Every window
 * starts at time 0 inside the encoder.
 *
 * @param frames - frames of the clip
 * @returns none for a clip that is shorter than a window, from an encoder that drops
 */
export function planSegments(
  frames: number,
  encoder: Pick<VideoEncoder, "window" | "frameRate" | "tokenRate" | "tokensPerStep" | "step" | "end">,
): readonly Segment[] {
  const { window, frameRate, tokenRate, tokensPerStep = 1, step = window, end = "hold" } = encoder;
  const further = (frames - window) / step;
  const count = end === "drop" ? Math.floor(further) + 1 : Math.ceil(Math.max(0, further)) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const real = Math.min(window, frames - i * step);
    return { firstFrame: i * step, frames: real, tokens: Math.ceil((real * tokenRate) / frameRate) * tokensPerStep };
  });
}
