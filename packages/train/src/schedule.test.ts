/** Schedules by name: their courses, and what a plan may not say. */
import { describe, expect, test } from "vitest";
import { type AverageRule, averageRule, type LearningRate, learningRateAt } from "./schedule.js";

describe("learning rates", () => {
  test("constant: the peak, after a linear warm-up where there is one", () => {
    const rate = learningRateAt({ kind: "constant", peak: 2, warmUp: 4 }, 100);
    expect([0, 1, 2, 3, 4, 99].map(rate)).toEqual([0.5, 1, 1.5, 2, 2, 2]);
    expect([0, 1, 99].map(learningRateAt({ kind: "constant", peak: 2 }, 100))).toEqual([2, 2, 2]);
  });

  test("cosine: rises evenly, falls from the peak to the floor, stays there", () => {
    const rate = learningRateAt({ kind: "cosine", peak: 2, warmUp: 10, floor: 0.1 }, 110);
    expect([0, 4, 9].map(rate)).toEqual([0.2, 1, 2]);
    expect(rate(10)).toBeCloseTo(2, 12);
    expect(rate(60)).toBeCloseTo(1.1, 12);
    expect(rate(110)).toBeCloseTo(0.2, 12);
    expect(rate(500)).toBeCloseTo(0.2, 12);
    // No warm-up: the first step has the peak.
    expect(learningRateAt({ kind: "cosine", peak: 3 }, 10)(0)).toBe(3);
  });

  test("restarts: each cycle is a schedule of its own, and a run that is made longer begins like the shorter one", () => {
    const rate = { kind: "cosine", peak: 2, warmUp: 10, floor: 0.1 } as const;
    const long = learningRateAt({ ...rate, restarts: [110] }, 310);
    const [first, second] = [110, 200].map((steps) => learningRateAt(rate, steps));
    for (const step of [0, 9, 10, 60, 109]) expect(long(step)).toBe(first?.(step));
    for (const step of [0, 9, 10, 60, 199, 500]) expect(long(110 + step)).toBe(second?.(step));
  });

  test("inverse: as stable-audio-tools has it", () => {
    const rate = learningRateAt({ kind: "inverse", peak: 2, inverseGamma: 100, power: 0.5, warmUp: 0.9 }, 1000);
    expect(rate(0)).toBeCloseTo(0.2, 12);
    expect(rate(300)).toBeCloseTo(2 / Math.sqrt(4), 9);
  });
});

test("averages: off keeps the weights, the others decay by their rule", () => {
  expect([0, 1, 1000].map(averageRule({ kind: "off" }))).toEqual([0, 0, 0]);
  expect([0, 1, 1000].map(averageRule({ kind: "constant", decay: 0.99 }))).toEqual([0.99, 0.99, 0.99]);
  expect([0, 8, 100_000].map(averageRule({ kind: "warming", decay: 0.999 }))).toEqual([0.1, 0.5, 0.999]);
  // ema_pytorch.EMA(beta=0.9999, power=3/4, update_after_step=1): steps counted there from 1, epoch = k − 2.
  const reference = (k: number) => (k - 2 <= 0 ? 0 : Math.min(0.9999, 1 - (1 + (k - 2) / 1) ** -0.75));
  const power = averageRule({ kind: "power" });
  for (const step of [0, 1, 2, 3, 10, 1000, 400_000]) expect(power(step)).toBeCloseTo(reference(step + 1), 12);
  expect(power(2)).toBeCloseTo(1 - 2 ** -0.75, 12);
  expect(power(400_000)).toBe(0.9999);
  expect(averageRule({ kind: "power", decay: 0.9, power: 0.5 })(50)).toBeCloseTo(1 - 50 ** -0.5, 12);
});

test.each<[unknown, RegExp]>([
  [undefined, /learningRate\.kind is undefined/],
  [{ kind: "step", peak: 1 }, /learningRate\.kind is "step"/],
  [{ kind: "constructor", peak: 1 }, /learningRate\.kind is "constructor"/],
  [{ kind: "constant" }, /learningRate\.peak is undefined/],
  [{ kind: "constant", peak: 0 }, /learningRate\.peak is 0/],
  [{ kind: "constant", peak: Number.NaN }, /learningRate\.peak is null/],
  [{ kind: "constant", peak: 1, floor: 0 }, /learningRate\.floor is no entry of "constant"/],
  [{ kind: "cosine", peak: 1, warmUp: 0.5 }, /learningRate\.warmUp is 0\.5/],
  [{ kind: "cosine", peak: 1, restarts: [5, 5] }, /learningRate\.restarts is \[5,5\]/],
  [{ kind: "inverse", peak: 1, warmUp: 100 }, /learningRate\.warmUp is 100/],
])("a learning rate that makes no sense is refused: %j", (rate, message) => {
  expect(() => learningRateAt(rate as LearningRate, 10)).toThrow(message);
});

test.each<[unknown, RegExp]>([
  [{ kind: "constant" }, /average\.decay is undefined/],
  [{ kind: "warming", decay: 1.5 }, /average\.decay is 1\.5/],
  [{ kind: "off", decay: 0.5 }, /average\.decay is no entry of "off"/],
])("an average that makes no sense is refused: %j", (rule, message) => {
  expect(() => averageRule(rule as AverageRule)).toThrow(message);
});
