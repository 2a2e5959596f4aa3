import { createRandom } from "@foley-control/core";
import { IMPACT_CLASSES, renderAudio } from "@foley-control/scenes";
import { describe, expect, it } from "vitest";
import { predict, trainClassifier } from "./classifier.js";
import { codecDistance } from "./codec-distance.js";
import { contourCorrelation, followingRows, perWindow } from "./following.js";
import type { HeardTrial } from "./hearing.js";
import { type Observation, observe } from "./observation.js";
import { silenceRows } from "./silence.js";
import { contactTimes, syncRows } from "./sync.js";
import { planTrials } from "./trials.js";

const RATE = 24_000;

/** Every scene's own sound, in place of what a model makes of it. */
function perfect(scenes: number): HeardTrial[] {
  const known = new Map<number, Observation>();
  return planTrials(scenes).map((trial) => {
    const { seed } = trial.scene;
    const heard = known.get(seed) ?? observe(renderAudio(seed, { classes: trial.classes, sampleRate: RATE }).audio, RATE);
    known.set(seed, heard);
    return { trial, heard, seconds: 0 };
  });
}

describe("a perfect model", () => {
  const all = perfect(8);
  it("is in time, follows what lasts, and is silent where it should be", () => {
    const [video] = syncRows(all);
    expect(video).toMatchObject({ of: "video", clips: 8 });
    expect(video?.f1At50).toBeGreaterThan(0.93);
    expect(Math.abs(video?.meanLagMs ?? 99)).toBeLessThan(3);
    for (const row of followingRows(all)) {
      expect(row.rendered).toBeCloseTo(1, 3);
      expect(row.truth).toBeGreaterThan(0.8);
    }
    expect(silenceRows(all).map(({ of, silent }) => [of, silent])).toEqual([
      ["video", 1],
      ["no prompt", 1],
      ["rendered", 1],
    ]);
  });

  it("scores nothing with the contacts of other scenes", () => {
    const own = all.filter(({ trial }) => trial.part === "impacts" && trial.condition === "video");
    const shuffled = own.map((one, i) => ({ ...one, trial: (own[(i + 1) % own.length] as HeardTrial).trial }));
    expect(syncRows(shuffled)[0]?.f1At100).toBeLessThan(0.5);
  });
});

describe("trials", () => {
  it("give each condition what it says", () => {
    const trials = planTrials(10, ["impacts"]);
    const scenes = trials.filter(({ condition }) => condition === "video");
    expect(scenes).toHaveLength(10);
    for (const { scene, prompt, picture } of scenes) {
      expect(IMPACT_CLASSES).toContain(scene.class);
      expect(prompt).toBe(scene.caption);
      expect(picture?.seed).toBe(scene.seed);
      expect(contactTimes(scene).length).toBeGreaterThan(0);
    }
    for (const { condition, scene, prompt, picture, wanted } of trials) {
      if (condition === "other video") expect(picture?.seed).not.toBe(scene.seed);
      if (condition === "no video") expect(picture).toBeUndefined();
      if (condition !== "contradicting prompt") continue;
      expect(wanted).not.toBe(scene.material);
      expect(prompt).not.toBe(scene.caption);
    }
    expect(planTrials(10, ["silent"], ["no prompt"]).every(({ prompt }) => prompt === "")).toBe(true);
  });
});

describe("codecDistance", () => {
  const random = createRandom(1, "noise");
  const noise = Float32Array.from({ length: RATE }, () => 0.1 * random.normal());
  it("is nothing for the same sound, and 6 dB for half of it", () => {
    expect(codecDistance(noise, noise)).toEqual({ stft: 0, decibels: 0, audibleDecibels: 0 });
    const { decibels, audibleDecibels, stft } = codecDistance(
      noise,
      noise.map((value) => value / 2),
    );
    expect(decibels).toBeCloseTo(20 * Math.log10(2), 3);
    expect(audibleDecibels).toBeCloseTo(20 * Math.log10(2), 3);
    // Two windows of log10 of squares, and the magnitudes on top.
    expect(stft).toBeGreaterThan(2 * 2 * Math.log10(2));
  });
});

describe("contourCorrelation", () => {
  const wave = Array.from({ length: 80 }, (_, i) => 1 + Math.sin(i / 8));
  it("is 1 for the same course at any level, and lower for another", () => {
    expect(
      contourCorrelation(
        wave,
        wave.map((value) => 0.1 * value + 3),
      ),
    ).toBeCloseTo(1, 12);
    expect(
      contourCorrelation(
        wave,
        wave.map((value) => -value),
      ),
    ).toBeCloseTo(-1, 12);
    expect(
      contourCorrelation(
        wave,
        wave.map(() => 1),
      ),
    ).toBeCloseTo(0, 12);
  });
  it("means of stretches", () => expect(perWindow([1, 3, 5, 7, 9], 2)).toEqual([2, 6]));
});

describe("soundFeatures", () => {
  it("tell rendered sounds apart", () => {
    const classes = ["bounce", "footsteps", "rain", "engine"] as const;
    const examples = (from: number, count: number) =>
      classes.flatMap((name, k) =>
        Array.from({ length: count }, (_, i) => {
          const { audio } = renderAudio(from + 16 * i + k, { classes: [name], sampleRate: RATE });
          return { name, row: observe(audio, RATE).features.map((value) => value ?? Number.NaN) };
        }),
      );
    const training = examples(5000, 5);
    const classifier = trainClassifier(
      training.map(({ row }) => row),
      training.map(({ name }) => name),
      { pooling: 0.95, ridge: 0.3 },
    );
    const unseen = examples(9000, 2);
    const right = unseen.filter(({ name, row }) => predict(classifier, row).label === name).length;
    expect(right).toBeGreaterThanOrEqual(7);
  });
});
