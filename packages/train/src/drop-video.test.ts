import { createRandom, type PlainTensor } from "@foley-control/core";
import { expect, test } from "vitest";
import { dropVideo } from "./drop-video.js";

const [CLIPS, TOKENS, WIDTH] = [2000, 32, 3];
const ones = (): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [CLIPS, TOKENS, WIDTH],
  data: new Float32Array(CLIPS * TOKENS * WIDTH).fill(1),
});

/** Tokens that are gone, clip by clip; a token is gone or there as a whole. */
function gone({ data }: PlainTensor<"float32">): number[] {
  const halves: number[] = [];
  const counts = Array.from({ length: CLIPS }, (_, clip) => {
    let count = 0;
    for (let token = 0; token < TOKENS; token++) {
      const at = (clip * TOKENS + token) * WIDTH;
      const kept = data.subarray(at, at + WIDTH).reduce((sum, value) => sum + value, 0);
      if (kept === 0) count++;
      else if (kept !== WIDTH) halves.push(at);
    }
    return count;
  });
  expect(halves).toEqual([]);
  return counts;
}

test("tokens are dropped by the mean share, with clips that lose none among them and clips that lose many", () => {
  const video = ones();
  dropVideo(video, createRandom(4, "drop"), { clips: 0, tokens: 0.1 });
  const counts = gone(video);
  expect(Math.abs(counts.reduce((sum, count) => sum + count, 0) / (CLIPS * TOKENS) - 0.1)).toBeLessThan(0.005);
  // The mean of (1 − p)³² over p from 0 to 0.2 is (1 − 0.8³³) / 6.6 = 0.151; at one share for all it were 0.9³² = 0.034.
  expect(Math.abs(counts.filter((count) => count === 0).length / CLIPS - 0.151)).toBeLessThan(0.03);
  expect(Math.max(...counts)).toBeGreaterThan(10);
});

test("whole clips are dropped on top of it, and nothing is where nothing is asked", () => {
  const video = ones();
  dropVideo(video, createRandom(4, "drop"), { clips: 0.25, tokens: 0 });
  const counts = gone(video);
  expect(new Set(counts)).toEqual(new Set([0, TOKENS]));
  expect(Math.abs(counts.filter((count) => count === TOKENS).length / CLIPS - 0.25)).toBeLessThan(0.04);
  const whole = ones();
  dropVideo(whole, createRandom(4, "drop"), { clips: 0, tokens: 0 });
  expect(whole.data.every((value) => value === 1)).toBe(true);
});
