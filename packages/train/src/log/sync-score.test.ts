/** Onset scores of several sounds together. */
import { expect, test } from "vitest";
import { soundOnsets, syncScore } from "./sync-score.js";

test("counts are summed over the sounds; another sound's times give what chance gives", () => {
  const score = syncScore([
    { detected: [1, 2.07], truth: [1.01, 2] },
    { detected: [0.5], truth: [0.5, 0.51, 3] },
  ]);
  // 0.5 and 0.51 are one event: three detections, four events; at ±50 ms 2 pairs, at ±100 ms 3.
  expect(score?.f1At50).toBeCloseTo((2 * 2) / 7, 12);
  expect(score?.f1At100).toBeCloseTo((2 * 3) / 7, 12);
  expect(score?.f1At100Shuffled).toBe(0);
  expect(score?.meanLag).toBeCloseTo((-0.01 + 0.07 + 0) / 3, 12);
});

test("one sound has nothing to be shuffled with; no sound has no score; silence has no onset", () => {
  expect(syncScore([{ detected: [], truth: [] }])).toEqual({ f1At50: 1, f1At100: 1, meanLag: Number.NaN });
  expect(syncScore([])).toBeUndefined();
  expect(soundOnsets([new Float32Array(8000), new Float32Array(8000)], 8000)).toEqual([]);
});

test("a click in one of two channels is heard", () => {
  const left = new Float32Array(16_000);
  for (let i = 0; i < 400; i++) left[6000 + i] = 0.8 * Math.exp(-i / 60) * Math.sin(i);
  const [onset, ...others] = soundOnsets([left, new Float32Array(16_000)], 8000);
  expect(onset).toBeCloseTo(0.75, 2);
  expect(others).toEqual([]);
});
