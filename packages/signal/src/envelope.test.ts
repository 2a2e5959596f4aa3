import { synthesisedRows } from "@foley-control/golden";
import { describe, expect, it } from "vitest";
import { crossCorrelationLag, envelope } from "./envelope.js";
import { matchOnsets } from "./onset-match.js";

function delayed(wave: Float32Array, shift: number): Float32Array {
  return wave.map((_, i) => wave[i - shift] ?? 0);
}

describe("envelope and crossCorrelationLag", () => {
  // Expected values: an independent float64 implementation of the same definition.
  it.each([
    ["late by 50 ms", 800, 5, 0.5032845861033814, 0.021868412613791827],
    ["early by 30 ms", -480, -3, 0.704068806782167, 0.1406529504888316],
    ["in time", 0, 0, 1, 1],
  ])("%s", (_, shift, lag, peak, atZero) => {
    const truth = synthesisedRows([{ sampleRate: 16000, n: 32000, seed: 1, kind: 1 }], 32768);
    const result = crossCorrelationLag(envelope(delayed(truth, shift), 16000, 0.01), envelope(truth, 16000, 0.01), 20);
    expect(result.lag).toBe(lag);
    expect(result.peak).toBeCloseTo(peak, 8);
    expect(result.atZero).toBeCloseTo(atZero, 8);
  });

  it("measures a sine's RMS and counts whole windows only", () => {
    const sine = Float32Array.from({ length: 1640 }, (_, i) => Math.sin((2 * Math.PI * 400 * i) / 16000));
    const values = envelope(sine, 16000, 0.01);
    expect(values).toHaveLength(8);
    for (const value of values) expect(value).toBeCloseTo(Math.SQRT1_2, 6);
    expect(envelope(new Float32Array(399), 16000, 0.01)).toHaveLength(0);
  });

  it("gives 0 for constant contours and rejects bad lags", () => {
    expect(crossCorrelationLag([1, 1, 1], [0, 1, 0], 1)).toEqual({ lag: 0, peak: 0, atZero: 0 });
    expect(() => crossCorrelationLag([1], [1], 0.5)).toThrow(/maximumLag/);
    expect(() => crossCorrelationLag([], [1], 1)).toThrow(/at least one/);
  });
});

describe("matchOnsets against an independent maximum matching", () => {
  const grid = Array.from({ length: 24 }, (_, i) => Number((0.2 + 0.3 * i).toFixed(1)));
  const jitter = [
    0.2775, 0.4954, 1.1344, 1.3749, 1.6668, 1.9722, 2.6043, 2.8787, 3.1535, 3.4462, 4.0259, 4.4798, 4.7034, 5.0052, 5.6375,
    5.8463, 6.2516, 6.4552, 7.118,
  ];
  it.each([
    [[0.51, 1.32, 2.2, 3.09], [0.5, 1.25, 2, 3.1], 2, 3],
    [[1.05, 0.97], [1, 1.08], 2, 2],
    [[0.98, 1, 1.03], [1], 1, 1],
    [[0.14, 0.22, 0.3, 0.38], [0.1, 0.18, 0.26, 0.34], 4, 4],
    [[1.13, 2.07, 0.2], [2, 0.3, 1.1], 1, 3],
    [jitter, grid, 13, 19],
  ])("%j against %j: %i pairs at ±50 ms, %i at ±100 ms", (detected, truth, at50, at100) => {
    expect(matchOnsets(detected, truth, 0.05).paired).toBe(at50);
    expect(matchOnsets(detected, truth, 0.1).paired).toBe(at100);
  });
});
