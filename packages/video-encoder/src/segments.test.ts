/** The rule for segments; every duration of its table is checked by the golden cases. */
import { expect, test } from "vitest";
import { planSegments, wholeFrames } from "./segments.js";

const encoder = { window: 64, frameRate: 16, tokenRate: 8 };

test("a grid keeps whole time steps", () => {
  expect(planSegments(67, { ...encoder, tokensPerStep: 64 }).map(({ tokens }) => tokens)).toEqual([2048, 128]);
});

test("a timestamp that falls short of a frame by rounding still has it; a glimpse has one frame", () => {
  expect(wholeFrames(2 - 1e-9, 16)).toBe(32);
  expect(wholeFrames(0.01, 16)).toBe(1);
});
