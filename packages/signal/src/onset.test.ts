import { describe, expect, it } from "vitest";
import { addImpact, addNoise, addReverb, TEST_MATERIALS, type TestRandom, testRandom } from "../fixtures/synthetic-sounds.js";
import { detectOnsets } from "./onset-detect.js";
import { matchOnsets, mergeOnsets, poolOnsetScores } from "./onset-match.js";
import { onsetStrength } from "./onset-strength.js";

type Disturb = (samples: Float32Array, sampleRate: number, random: TestRandom) => void;

/** Irregular hits and bounce sequences of every material, scored at ±30 ms. */
function evaluate(sampleRate: number, disturb: Disturb) {
  const scores = [];
  for (const [name, material] of Object.entries(TEST_MATERIALS)) {
    for (let clip = 0; clip < 2; clip++) {
      const random = testRandom(clip * 31 + name.length + name.charCodeAt(0));
      const samples = new Float32Array(3 * sampleRate);
      const truth: number[] = [];
      let time = 0.2 + random.uniform() * 0.5;
      let gap = 0.6;
      let velocity = 1;
      while (time < 2.9 && velocity > 0.12) {
        truth.push(time);
        addImpact(samples, sampleRate, time, clip % 2 ? velocity * 0.5 : 0.1 + 0.5 * random.uniform(), material, random);
        time += clip % 2 ? gap : 0.15 + random.uniform() * 0.8;
        gap *= 0.75;
        if (clip % 2) velocity *= 0.75;
      }
      disturb(samples, sampleRate, random);
      scores.push(matchOnsets(detectOnsets(samples, sampleRate).times, truth, 0.03));
    }
  }
  return poolOnsetScores(scores);
}

describe("detectOnsets", () => {
  const cases: [string, number, number, Disturb][] = [
    ["no disturbance", 0.99, 0.001, () => {}],
    ["a pink floor at -50 dBFS", 0.99, 0.001, (x, _, random) => addNoise(x, 10 ** (-50 / 20), random, true)],
    ["a pink floor at -35 dBFS", 0.97, 0.002, (x, _, random) => addNoise(x, 10 ** (-35 / 20), random, true)],
    ["a reverberant tail", 0.98, 0.001, (x, rate, random) => addReverb(x, rate, 0.4, -15, random)],
    ["continuous noise at -22 dBFS", 0.8, 0.003, (x, _, random) => addNoise(x, 10 ** (-22 / 20), random, true)],
  ];
  for (const sampleRate of [16000, 24000, 44100]) {
    it.each(cases)(`finds impacts at ${sampleRate} Hz under %s (F1 ≥ %f, mean |lag| ≤ %f s)`, (_, f1, lag, disturb) => {
      const score = evaluate(sampleRate, disturb);
      expect(score.f1).toBeGreaterThanOrEqual(f1);
      expect(score.meanAbsoluteLag).toBeLessThanOrEqual(lag);
      expect(score.precision).toBeGreaterThanOrEqual(0.97);
    });
  }

  it("finds next to nothing in steady noise (≤ 0.1 per second) and nothing in silence or hum", () => {
    let found = 0;
    for (let seed = 0; seed < 4; seed++) {
      for (const pink of [false, true]) {
        const samples = new Float32Array(4 * 24000);
        addNoise(samples, 0.1, testRandom(500 + seed), pink);
        found += detectOnsets(samples, 24000).times.length;
      }
    }
    expect(found / 32).toBeLessThanOrEqual(0.1);
    expect(detectOnsets(new Float32Array(24000), 24000).times).toEqual([]);
    const hum = Float32Array.from({ length: 48000 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 100 * i) / 24000));
    expect(detectOnsets(hum, 24000).times).toEqual([]);
  });

  it("is indifferent to gain down to -40 dB", () => {
    const random = testRandom(9);
    const samples = new Float32Array(48000);
    for (const time of [0.3, 0.8, 1.3]) addImpact(samples, 24000, time, 0.8, TEST_MATERIALS.wood!, random);
    const loud = detectOnsets(samples, 24000).times;
    const quiet = detectOnsets(
      samples.map((x) => x / 100),
      24000,
    ).times;
    expect(loud).toHaveLength(3);
    expect(quiet).toHaveLength(3);
    for (let i = 0; i < 3; i++) expect(Math.abs(loud[i]! - quiet[i]!)).toBeLessThan(0.001);
  });

  it("keeps the minimum spacing, orders levels by loudness, and honours leadingSilence", () => {
    const samples = new Float32Array(48000);
    addImpact(samples, 24000, 0.5, 0.1, TEST_MATERIALS.wood!, testRandom(1), 300);
    addImpact(samples, 24000, 0.6, 0.8, TEST_MATERIALS.wood!, testRandom(1), 300);
    const both = detectOnsets(samples, 24000);
    expect(both.times).toHaveLength(2);
    expect(both.levels[1]! - both.levels[0]!).toBeGreaterThan(10);
    expect(detectOnsets(samples, 24000, { minimumSpacingSeconds: 0.2 }).times).toHaveLength(1);
    const start = new Float32Array(24000);
    addImpact(start, 24000, 0, 0.8, TEST_MATERIALS.wood!, testRandom(1), 300);
    expect(detectOnsets(start, 24000).times).toEqual([]);
    const [first] = detectOnsets(start, 24000, { leadingSilence: true }).times;
    expect(first).toBeLessThan(0.01);
  });

  it("copes with empty and very short input", () => {
    expect(detectOnsets(new Float32Array(0), 24000).times).toEqual([]);
    expect(detectOnsets(new Float32Array(10), 24000).times).toEqual([]);
    expect(onsetStrength(new Float32Array(2400), 24000).values).toHaveLength(41);
  });

  it("rejects a bad rate, a bad option and samples that are not finite", () => {
    expect(() => detectOnsets(new Float32Array(10), 0)).toThrow(/sampleRate is 0/);
    expect(() => detectOnsets(new Float32Array(10), 24000, { thresholdDb: Number.NaN })).toThrow(/thresholdDb/);
    expect(() => detectOnsets(Float32Array.of(0, Number.NaN), 24000)).toThrow(/samples\[1\] is NaN/);
  });
});

describe("matchOnsets", () => {
  it("pairs one to one, most pairs first, then least lag", () => {
    // Greedy by distance would pair 1.05 with 1.09 and lose two of the three pairs' partners.
    const result = matchOnsets([1.0, 1.05, 2], [1.09, 1.11, 2.03], 0.1);
    expect(result.paired).toBe(3);
    expect(result.matches.map(({ detected, truth }) => [detected, truth])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(result.meanLag).toBeCloseTo((-0.09 - 0.06 - 0.03) / 3, 12);
  });

  it("agrees with exhaustive search on small random cases", () => {
    const random = testRandom(77);
    for (let round = 0; round < 300; round++) {
      const make = () => Array.from({ length: Math.floor(random.uniform() * 6) }, () => random.uniform());
      const detected = make();
      const truth = make();
      const best = exhaustive(detected, truth, 0.15);
      const result = matchOnsets(detected, truth, 0.15);
      expect(result.paired).toBe(best.count);
      expect(result.matches.reduce((sum, { lag }) => sum + Math.abs(lag), 0)).toBeCloseTo(best.cost, 9);
    }
  });

  it("counts, for every empty case and exactly at the tolerance", () => {
    expect(matchOnsets([], [])).toMatchObject({ precision: 1, recall: 1, f1: 1, paired: 0, meanLag: Number.NaN });
    expect(matchOnsets([1], [])).toMatchObject({ precision: 0, recall: 0, f1: 0 });
    expect(matchOnsets([], [1])).toMatchObject({ precision: 0, recall: 0, f1: 0 });
    expect(matchOnsets([1.1], [1], 0.1).paired).toBe(1);
    expect(matchOnsets([1.1], [1], 0.1, { slackSeconds: 0 }).paired).toBe(0);
    expect(matchOnsets([1.1001], [1], 0.1).paired).toBe(0);
    expect(matchOnsets([1, 1.01, 3], [1], 0.05)).toMatchObject({ precision: 1 / 3, recall: 1, f1: 0.5 });
  });

  it("pools by counts", () => {
    const pooled = poolOnsetScores([matchOnsets([1, 2], [1.02]), matchOnsets([], [1, 2, 3]), matchOnsets([5], [4.96])]);
    expect(pooled).toMatchObject({ paired: 2, detected: 3, truth: 5, precision: 2 / 3, recall: 0.4, f1: 0.5 });
    expect(pooled.meanLag).toBeCloseTo(0.01, 12);
    expect(pooled.lagDeviation).toBeCloseTo(0.03, 12);
  });

  it("joins events closer than a spacing", () => {
    expect(mergeOnsets([1.05, 0.2, 1, 1.03, 1.09], 0.05)).toEqual([0.2, 1, 1.05]);
    expect(mergeOnsets([], 0.05)).toEqual([]);
  });

  it("rejects times that are not finite and negative tolerances", () => {
    expect(() => matchOnsets([Number.NaN], [])).toThrow(/detected\[0\]/);
    expect(() => matchOnsets([], [], -1)).toThrow(/toleranceSeconds/);
  });
});

function exhaustive(detected: number[], truth: number[], tolerance: number): { count: number; cost: number } {
  const [first, ...rest] = detected;
  if (first === undefined) return { count: 0, cost: 0 };
  let best = exhaustive(rest, truth, tolerance);
  truth.forEach((time, index) => {
    if (Math.abs(first - time) > tolerance) return;
    const tail = exhaustive(
      rest,
      truth.filter((_, i) => i !== index),
      tolerance,
    );
    const count = tail.count + 1;
    const cost = tail.cost + Math.abs(first - time);
    if (count > best.count || (count === best.count && cost < best.cost)) best = { count, cost };
  });
  return best;
}
