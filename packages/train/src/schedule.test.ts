/** Schedules by name: their courses, and what a plan may not say. */
import { describe, expect, test } from "vitest";
import {
  type AverageRule,
  averageDecayAt,
  averageRule,
  cosineWithWarmUp,
  inverseWithWarmUp,
  type LearningRate,
  learningRateAt,
} from "./schedule.js";

describe("learning rates", () => {
  test("constant: the peak, after a linear warm-up where there is one", () => {
    const rate = learningRateAt({ kind: "constant", peak: 2, warmUp: 4 }, 100);
    expect([0, 1, 2, 3, 4, 99].map(rate)).toEqual([0.5, 1, 1.5, 2, 2, 2]);
    expect([0, 1, 99].map(learningRateAt({ kind: "constant", peak: 2 }, 100))).toEqual([2, 2, 2]);
  });

  test("cosine and inverse are the functions of that name", () => {
    const restarts = [40];
    const cosine = learningRateAt({ kind: "cosine", peak: 1e-3, warmUp: 5, floor: 0.1, restarts }, 100);
    const inverse = learningRateAt({ kind: "inverse", peak: 1e-4, inverseGamma: 1e3 }, 100);
    for (const step of [0, 4, 5, 39, 40, 70, 99]) {
      expect(cosine(step)).toBe(cosineWithWarmUp(step, { peak: 1e-3, steps: 100, warmUp: 5, floor: 0.1, restarts }));
      expect(inverse(step)).toBe(inverseWithWarmUp(step, { peak: 1e-4, inverseGamma: 1e3 }));
    }
    // No warm-up: the first step has the peak.
    expect(learningRateAt({ kind: "cosine", peak: 3 }, 10)(0)).toBe(3);
  });
});

test("averages: off keeps the weights, the others decay by their rule", () => {
  expect([0, 1, 1000].map(averageRule({ kind: "off" }))).toEqual([0, 0, 0]);
  expect([0, 1, 1000].map(averageRule({ kind: "constant", decay: 0.99 }))).toEqual([0.99, 0.99, 0.99]);
  expect([0, 8, 100_000].map(averageRule({ kind: "warming", decay: 0.999 }))).toEqual([0.1, 0.5, 0.999]);
  const power = averageRule({ kind: "power", decay: 0.9, power: 0.5 });
  for (const step of [0, 1, 2, 50, 1000]) expect(power(step)).toBe(averageDecayAt(step, { beta: 0.9, power: 0.5 }));
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
