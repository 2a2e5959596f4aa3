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
 * Cuts a clip into windows. The last one is filled up with its last frame, encoded whole, and loses the tokens that show filling
 * only. Every window starts at time 0 inside the encoder.
 *
 * @param frames - frames of the clip
 */
export function planSegments(
  frames: number,
  encoder: Pick<VideoEncoder, "window" | "frameRate" | "tokenRate" | "tokensPerStep">,
): readonly Segment[] {
  const { window, frameRate, tokenRate, tokensPerStep = 1 } = encoder;
  return Array.from({ length: Math.ceil(frames / window) }, (_, i) => {
    const real = Math.min(window, frames - i * window);
    return { firstFrame: i * window, frames: real, tokens: Math.ceil((real * tokenRate) / frameRate) * tokensPerStep };
  });
}
