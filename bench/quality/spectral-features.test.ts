import { describe, expect, it } from "vitest";
import { addImpact, addNoise, TEST_MATERIALS, testRandom } from "../../packages/signal/fixtures/synthetic-sounds.js";
import { predict, trainClassifier } from "./classifier.js";
import { decayRate, toneEnvelope } from "./mode-decay.js";
import { SPECTRAL_FEATURE_NAMES, spectralFeatures, spectralFeatureVector } from "./spectral-features.js";

const RATE = 24000;

function decayingSines(
  modes: readonly (readonly [hz: number, amplitude: number, decay: number])[],
  onset = 0.3,
  seconds = 1.2,
): Float32Array {
  const start = Math.round(onset * RATE);
  return Float32Array.from({ length: seconds * RATE }, (_, i) => {
    const t = (i - start) / RATE;
    return t < 0
      ? 0
      : modes.reduce((sum, [hz, amplitude, decay]) => sum + amplitude * Math.exp(-decay * t) * Math.sin(2 * Math.PI * hz * t), 0);
  });
}

describe("spectralFeatures", () => {
  it("recovers frequencies (0.5 %) and decay rates (5 %) of decaying sines", () => {
    const truth = [
      [440, 0.4, 12],
      [1210, 0.3, 25],
      [3300, 0.2, 40],
    ] as const;
    const { summary } = spectralFeatures(decayingSines(truth), RATE);
    const modes = [...summary!.modes].slice(0, 3).sort((a, b) => a.frequency - b.frequency);
    truth.forEach(([hz, , decay], i) => {
      expect(Math.abs(modes[i]!.frequency / hz - 1)).toBeLessThan(0.005);
      expect(Math.abs(modes[i]!.decayRate / decay - 1)).toBeLessThan(0.05);
    });
    expect(summary!.time).toBeCloseTo(0.3, 2);
    expect(summary!.dominantFrequency).toBeCloseTo(440, -1);
  });

  it("fits RT60 and the loss factor of one mode, also over a noise floor", () => {
    const decay = 20;
    for (const floor of [0, 0.001]) {
      const samples = decayingSines([[800, 0.5, decay]]);
      if (floor > 0) addNoise(samples, floor, testRandom(3));
      const { summary } = spectralFeatures(samples, RATE);
      expect(summary!.decaySeconds / (Math.log(1000) / decay)).toBeGreaterThan(0.93);
      expect(summary!.decaySeconds / (Math.log(1000) / decay)).toBeLessThan(1.07);
      expect(summary!.modes[0]!.decayRate / decay).toBeGreaterThan(0.95);
      expect(summary!.modes[0]!.decayRate / decay).toBeLessThan(1.05);
    }
  });

  it("orders centroid, roll-off and flatness as sounds do", () => {
    const low = spectralFeatures(decayingSines([[300, 0.5, 20]]), RATE).summary!;
    const high = spectralFeatures(decayingSines([[5000, 0.5, 20]]), RATE).summary!;
    const noise = new Float32Array(RATE);
    addNoise(noise, 0.2, testRandom(5));
    noise.fill(0, 0, RATE / 2);
    const hiss = spectralFeatures(noise, RATE).summary!;
    // A sudden start spreads some power over all frequencies, so the centroid lies a little off the tone.
    expect(low.centroid).toBeLessThan(400);
    expect(high.centroid).toBeGreaterThan(4900);
    expect(high.rolloff).toBeGreaterThan(low.rolloff);
    expect(hiss.flatness).toBeGreaterThan(0.4);
    expect(low.flatness).toBeLessThan(0.05);
    expect(high.brightness).toBeGreaterThan(0.95);
    expect(low.brightness).toBeLessThan(0.05);
  });

  it("uses given onsets, ends a stretch at the next one, and says nothing about silence", () => {
    const second = decayingSines([[900, 0.5, 20]], 0.5);
    const samples = decayingSines([[600, 0.5, 20]]).map((x, i) => x + second[i]!);
    const { onsets } = spectralFeatures(samples, RATE, { onsets: [0.5, 0.3] });
    expect(onsets.map(({ time }) => time)).toEqual([0.3, 0.5]);
    expect(onsets[0]!.dominantFrequency).toBeCloseTo(600, -1);
    expect(onsets[1]!.dominantFrequency).toBeCloseTo(900, -1);
    // Nothing begins at 0.9 s.
    expect(spectralFeatures(samples, RATE, { onsets: [0.9] })).toEqual({ onsets: [], summary: undefined });
    expect(spectralFeatures(new Float32Array(RATE), RATE)).toEqual({ onsets: [], summary: undefined });
    expect(spectralFeatures(new Float32Array(0), RATE).summary).toBeUndefined();
    expect(spectralFeatureVector(onsets[0]!)).toHaveLength(SPECTRAL_FEATURE_NAMES.length);
  });

  it("gives no decay rate where nothing decays", () => {
    const steady = Float32Array.from(
      { length: 4800 },
      (_, i) => 0.1 * Math.exp(i / 4800) * Math.sin((2 * Math.PI * 500 * i) / RATE),
    );
    expect(decayRate(toneEnvelope(steady, RATE, 0, 4800, 500))).toBeNaN();
    expect(decayRate(toneEnvelope(steady, RATE, 0, 100, 500))).toBeNaN();
  });
});

describe("trainClassifier", () => {
  it("separates Gaussian blobs, knows its certainty, and survives JSON", () => {
    const random = testRandom(8);
    const rows: number[][] = [];
    const labels: string[] = [];
    for (let i = 0; i < 300; i++) {
      const label = ["a", "b", "c"][i % 3]!;
      rows.push([random.normal() + (label === "a" ? 4 : 0), 100 * (random.normal() + (label === "b" ? 4 : 0)), 7]);
      labels.push(label);
    }
    const classifier = JSON.parse(JSON.stringify(trainClassifier(rows, labels)));
    const right = rows.filter((row, i) => predict(classifier, row).label === labels[i]).length;
    expect(right).toBeGreaterThan(280);
    const { label, probabilities } = predict(classifier, [4, 0, 7]);
    expect(label).toBe("a");
    expect(probabilities.a).toBeGreaterThan(0.95);
    expect(Object.values(probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(predict(classifier, [Number.NaN, 400, Number.NaN]).label).toBe("b");
  });

  it("equals the closed form in one dimension", () => {
    const classifier = trainClassifier([[-1], [1], [3], [5]], ["l", "l", "r", "r"], { pooling: 1, ridge: 1e-9 });
    // Means 0 and 4, variance 1 within: the log odds at x are 4·(x − 2).
    const { probabilities } = predict(classifier, [2.25]);
    expect(Math.log(probabilities.r! / probabilities.l!)).toBeCloseTo(1, 6);
  });

  it("tells seven materials apart on clips it has not seen (≥ 85 %)", () => {
    const clip = (name: string, seed: number): number[] => {
      const random = testRandom(seed);
      const samples = new Float32Array(2 * RATE);
      for (let time = 0.2; time < 1.8; time += 0.3 + 0.4 * random.uniform()) {
        addImpact(samples, RATE, time, 0.2 + 0.4 * random.uniform(), TEST_MATERIALS[name]!, random);
      }
      addNoise(samples, 0.001, random, true);
      return spectralFeatureVector(spectralFeatures(samples, RATE).summary!);
    };
    const names = Object.keys(TEST_MATERIALS);
    const examples = (from: number, to: number) =>
      names.flatMap((label, index) =>
        Array.from({ length: to - from }, (_, i) => ({ label, row: clip(label, 1000 * index + from + i) })),
      );
    const training = examples(0, 10);
    const classifier = trainClassifier(
      training.map(({ row }) => row),
      training.map(({ label }) => label),
    );
    const unseen = examples(500, 505);
    const right = unseen.filter(({ label, row }) => predict(classifier, row).label === label).length;
    expect(right / unseen.length).toBeGreaterThanOrEqual(0.85);
  });

  it("rejects data that do not fit", () => {
    expect(() => trainClassifier([[1], [2]], ["a"])).toThrow(/2 rows of features and 1 labels/);
    expect(() => trainClassifier([[1], [2]], ["a", "a"])).toThrow(/at least two classes/);
    expect(() => predict(trainClassifier([[1], [2]], ["a", "b"]), [1, 2])).toThrow(/trained with 1/);
  });
});
