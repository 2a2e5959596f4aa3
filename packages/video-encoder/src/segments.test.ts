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

test("windows overlap by what the step leaves; the rest is held or dropped", () => {
  const overlapping = { window: 16, step: 8, frameRate: 25, tokenRate: 12.5 };
  const starts = (frames: number, end: "hold" | "drop") =>
    planSegments(frames, { ...overlapping, end }).map(({ firstFrame, frames: real, tokens }) => [firstFrame, real, tokens]);
  expect(starts(40, "drop")).toEqual([0, 8, 16, 24].map((at) => [at, 16, 8]));
  expect(starts(47, "drop")).toEqual(starts(40, "drop"));
  expect(starts(41, "hold")).toEqual([...starts(40, "drop"), [32, 9, 5]]);
  expect(starts(15, "drop")).toEqual([]);
  expect(starts(15, "hold")).toEqual([[0, 15, 8]]);
});

test("context is kept where the clip begins and ends alone; every moment comes from one window", () => {
  const around = { window: 16, context: 2, frameRate: 8, tokenRate: 4 };
  const cut = (frames: number) =>
    planSegments(frames, around).map(({ firstFrame, frames: real, tokens }) => [firstFrame, real, tokens]);
  expect(cut(16)).toEqual([[0, 16, 8]]);
  expect(cut(17)).toEqual([
    [0, 16, 7],
    [12, 5, 2],
  ]);
  for (const frames of [1, 15, 16, 17, 28, 40, 100]) {
    const total = planSegments(frames, around).reduce((sum, { tokens }) => sum + tokens, 0);
    expect(total).toBe(Math.ceil(frames / 2));
  }
});
