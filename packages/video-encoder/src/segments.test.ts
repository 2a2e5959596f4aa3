/** The rule for segments against its table; see ../fixtures/README.md. */
import { describe, expect, test } from "vitest";
import { readJson } from "../fixtures/fixture-files.js";
import { planSegments, wholeFrames } from "./segments.js";

interface Table {
  readonly config: { readonly fps: number; readonly segmentFrames: number; readonly effectiveFps: number };
  readonly examples: readonly {
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
  }[];
}

const { config, examples } = readJson<Table>("./vjepa2-segments.json");
const encoder = { window: config.segmentFrames, frameRate: config.fps, tokenRate: config.effectiveFps };

describe.each(examples)("$durationSeconds s", ({ durationSeconds, frames, padRepeatLast }) => {
  test("has its whole frames", () => {
    expect(wholeFrames(durationSeconds, config.fps)).toBe(frames);
  });
  test("is cut into its segments", () => {
    const plan = planSegments(frames, encoder);
    expect(plan).toEqual(
      padRepeatLast.segments.map((segment) => ({
        firstFrame: segment.frames[0],
        frames: segment.realFrames,
        tokens: segment.keptTokens,
      })),
    );
    expect(plan.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(padRepeatLast.tokens);
  });
});

test("a grid keeps whole time steps", () => {
  expect(planSegments(67, { ...encoder, tokensPerStep: 64 }).map(({ tokens }) => tokens)).toEqual([2048, 128]);
});

test("a timestamp that falls short of a frame by rounding still has it; a glimpse has one frame", () => {
  expect(wholeFrames(2 - 1e-9, 16)).toBe(32);
  expect(wholeFrames(0.01, 16)).toBe(1);
});
