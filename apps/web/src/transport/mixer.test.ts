/** Which samples a stretch needs, and when they come. */
import { expect, it } from "vitest";
import { framesWithin } from "./mixer.js";

const take = { start: 1, duration: 2, sampleRate: 100 };

it("takes what lies in the stretch, and waits for what begins later", () => {
  expect(framesWithin(take, { at: 0, length: 0.5, from: 1.5, rate: 1 })).toEqual({ from: 50, to: 100, delay: 0 });
  expect(framesWithin(take, { at: 0, length: 0.5, from: 0.75, rate: 1 })).toEqual({ from: 0, to: 25, delay: 0.25 });
  expect(framesWithin(take, { at: 0, length: 0.5, from: 2.75, rate: 1 })).toEqual({ from: 175, to: 200, delay: 0 });
  expect(framesWithin(take, { at: 0, length: 0.5, from: 3, rate: 1 })).toBeUndefined();
  expect(framesWithin(take, { at: 0, length: 0.5, from: 0.2, rate: 1 })).toBeUndefined();
});

it("joins stretches sample by sample", () => {
  const from = 1.23456;
  const parts = [0, 1, 2].map((k) =>
    framesWithin({ start: 0, duration: 99, sampleRate: 48_000 }, { at: 0, length: 0.5, from: from + k / 2, rate: 1 }),
  );
  expect(parts[1]?.from).toBe(parts[0]?.to);
  expect(parts[2]?.from).toBe(parts[1]?.to);
});

it("plays backwards from the end of the stretch, faster too", () => {
  expect(framesWithin(take, { at: 0, length: 0.5, from: 3.5, rate: -2 })).toEqual({ from: 150, to: 200, delay: 0.25 });
});
