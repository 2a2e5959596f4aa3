/** Which frames of a clip go into which run of an encoder, and which of the tokens are kept. */
import type { VideoEncoder } from "@foley-control/core";

/** One run of an encoder. */
export interface Segment {
  /** First frame of the clip in it. */
  readonly firstFrame: number;
  /** Frames of the clip in it; the last of them is repeated up to the encoder's window. */
  readonly frames: number;
  /** Tokens that are kept: those that show frames of the clip and are not left to the run before or after. */
  readonly tokens: number;
}

/** Durations are container timestamps; one that falls short of a frame by this much still has it, seconds. */
const SLACK = 1e-6;

/** Whole frames in `duration` seconds, at least one. Frame k stands for the time k / frameRate. */
export const wholeFrames = (duration: number, frameRate: number): number =>
  Math.max(1, Math.floor((duration + SLACK) * frameRate));

/** What of an encoder decides how a clip is cut. */
export type Windowing = Pick<VideoEncoder, "window" | "frameRate" | "tokenRate" | "tokensPerStep" | "step" | "context" | "end">;

/** Frames from one window to the next. */
export const stepOf = ({
  window,
  context = 0,
  step = window - 2 * context,
}: Pick<VideoEncoder, "window" | "step" | "context">): number => step;

/** Whether shots may be encoded one by one: each of them has its tokens then, as many as it has together with others. */
export const canBeCut = (encoder: Pick<VideoEncoder, "window" | "step" | "context" | "end">): boolean =>
  encoder.end !== "drop" && stepOf(encoder) === stepOf({ ...encoder, step: undefined });

/** Frames of a window whose tokens are kept: its ends are context where the clip goes on there. */
export function keptFrames(
  { context = 0 }: Pick<VideoEncoder, "context">,
  { frames, first, last }: { readonly frames: number; readonly first: boolean; readonly last: boolean },
): readonly [from: number, to: number] {
  return [first ? 0 : context, last ? frames : frames - context];
}

/**
 * Cuts a clip into windows, which overlap where the encoder's `step` is less than its window. What is left at the end fills a window with
 * its last frame, which is encoded whole and loses the tokens that show filling only, or is dropped, as the encoder says. Every window
 * starts at time 0 inside the encoder.
 *
 * @param frames - frames of the clip
 * @returns none for a clip that is shorter than a window, from an encoder that drops
 */
export function planSegments(frames: number, encoder: Windowing): readonly Segment[] {
  const { window, frameRate, tokenRate, tokensPerStep = 1, end = "hold" } = encoder;
  const step = stepOf(encoder);
  const further = (frames - window) / step;
  const count = Math.max(0, end === "drop" ? Math.floor(further) + 1 : Math.ceil(Math.max(0, further)) + 1);
  return Array.from({ length: count }, (_, i) => {
    const real = Math.min(window, frames - i * step);
    const [from, to] = keptFrames(encoder, { frames: real, first: i === 0, last: i === count - 1 });
    return { firstFrame: i * step, frames: real, tokens: Math.ceil(((to - from) * tokenRate) / frameRate) * tokensPerStep };
  });
}
