/** Which frames of a clip go into which segment, how many tokens are kept, and which source frame is on screen at 16 per second. */
import { type Comparison, compare, type GoldenCase, numbers } from "@foley-control/golden";
import { planSegments, wholeFrames } from "@foley-control/video-encoder";

interface Example {
  readonly durationSeconds: number;
  readonly frames: number;
  readonly padRepeatLast: {
    readonly tokens: number;
    readonly segments: readonly {
      readonly frames: readonly [number, number];
      readonly realFrames: number;
      readonly keptTokens: number;
    }[];
  };
}

interface Resampled {
  readonly sourceFps: string;
  readonly fraction: readonly [number, number];
  readonly sourceFrameOf16FpsFrame: readonly number[];
}

/** Whether a case is of this kind. */
export const isSegments = ({ file }: GoldenCase): boolean =>
  file.config?.segmentFrames !== undefined && Array.isArray(file["examples"]);

/** Every duration and every source rate. */
export function checkSegments(golden: GoldenCase): readonly Comparison[] {
  const { fps, segmentFrames, effectiveFps } = golden.file.config;
  const encoder = { window: segmentFrames, frameRate: fps, tokenRate: effectiveFps };
  const found = (golden.file["examples"] as readonly Example[]).map(({ durationSeconds, frames, padRepeatLast }) => {
    const plan = planSegments(wholeFrames(durationSeconds, fps), encoder);
    const mine = [wholeFrames(durationSeconds, fps), ...plan.flatMap((one) => [one.firstFrame, one.frames, one.tokens])];
    const expected = [frames, ...padRepeatLast.segments.flatMap((one) => [one.frames[0], one.realFrames, one.keptTokens])];
    return compare(`${durationSeconds} s`, numbers(mine), numbers(expected), { maxAbs: 0 });
  });
  const { firstForty } = (golden.file["resampling"] ?? { firstForty: [] }) as { readonly firstForty: readonly Resampled[] };
  for (const { sourceFps, fraction, sourceFrameOf16FpsFrame } of firstForty) {
    // The last frame whose time is not after k/fps: what `media` shows, in whole numbers.
    const mine = sourceFrameOf16FpsFrame.map((_, k) => Math.floor((k * fraction[0]) / (fps * fraction[1])));
    found.push(compare(`source of ${sourceFps} frames a second`, numbers(mine), numbers(sourceFrameOf16FpsFrame), { maxAbs: 0 }));
  }
  return found;
}
