/**
 * Cases made up here, with seeds, amplitudes, sizes and limits that none of the project's cases has. What they expect is computed
 * beside the runner, by the function that the case is about.
 */
import { createHash } from "node:crypto";
import { crc32, formula, hash, type Numbers } from "@foley-control/golden";
import { vggishMel } from "@foley-control/metrics";
import { linearTimes, sample } from "@foley-control/sampler";
import { bicubicResize, resample } from "@foley-control/signal";
import { cropPicture, planCrop, vjepa2Preprocess } from "@foley-control/video-encoder";
import { expect, test } from "vitest";
import { type AnyCase, caseFolder, expectPassed, float32, random, SEED, tolerance } from "./altered-case.test-support.js";

const { made } = caseFolder();

test("solvers: the numbers of the toy models, the noise, the shape and the limits", async () => {
  const shape = [1, 3, 5];
  const noise = random("noise", shape, 1.5);
  const subcases = { "euler.one": { sampler: "euler", model: "sine", objective: "rf", steps: 6, sigma_max: 0.8, modelCalls: 6 } };
  const states: number[] = [];
  const result = await sample(
    (x: Float64Array, time) => x.map((value) => 0.25 * Math.sin(4 * value + time)),
    Float64Array.from(noise.data),
    { prediction: "flow", solver: "euler", steps: 6, sigmaMax: 0.8, onStep: ({ x }) => void states.push(...x) },
  );
  states.push(...result);
  const whole: Numbers = { shape: [7, ...shape], data: Float64Array.from(states) };
  const formulas = { shape, amp: 1.5, offset: 0 };
  const file: AnyCase = {
    caseSeed: SEED,
    config: { shape, toys: { sine: "v = 0.25 sin(4x + t)", gauss: "", cfgpp: "0.3 sin(2x + t), 0.9 times" } },
    inputs: { noise: formulas, step_noise: formulas, mu: formulas, s: formulas },
    outputs: { "euler.one.traj": { shape: whole.shape }, "euler.one.traj.f64": { shape: whole.shape } },
    subcases,
    tolerance: { traj: { relL2: 1e-5 }, "traj.f64": { relL2: 1e-12 } },
  };
  const stored = { "out.euler.one.traj": float32(whole), "out.euler.one.traj.f64": whole };
  expectPassed(await made(file, stored), "solvers");
});

test("noise schedules: one that is made from another begins with the one that the case names", async () => {
  const times = linearTimes({ steps: 5 });
  const alphas = Float64Array.from([
    ...times.map((t) => Math.cos((Math.PI / 2) * t)),
    ...times.map((t) => Math.sin((Math.PI / 2) * t)),
  ]);
  const file: AnyCase = {
    weights: "none",
    subcases: { "linear.n5": { steps: 5 }, "v-alphas-sigmas": { t: "linear.n5" } },
    outputs: { "linear.n5": { shape: [6] }, "v-alphas-sigmas": { shape: [2, 6] } },
    tolerance: { f32: { relL2: 1e-6 }, f64: { relL2: 1e-12 } },
  };
  const stored = {
    "out.linear.n5": float32({ shape: [6], data: times }),
    "out.v-alphas-sigmas": float32({ shape: [2, 6], data: alphas }),
  };
  expectPassed(await made(file, stored), "noise schedules");
});

test("front-ends: resampling with another filter, a log-mel of other sizes, a picture of another seed and amplitude", async () => {
  const wave = random("300to200", [120], 0.5);
  const filter = { lowpassFilterWidth: 9, rolloff: 0.8 };
  const slower = float32({ shape: [80], data: resample(wave.data, 300, 200, { ...filter, kernelPrecision: "mixed" }) });
  const resampling = {
    caseSeed: SEED,
    config: { method: "sinc_interp_hann", ...filter },
    inputs: { "300to200": { shape: [120], amp: 0.5, offset: 0 } },
    outputs: { "transform.300to200": { shape: [80] } },
    tolerance,
  };
  expectPassed(await made(resampling, { "transform.300to200": slower }), "front-end of a metric");

  const sound = random("wave", [900], 0.5);
  const sizes = { sampleRate: 8000, nFft: 128, frame: 100, hop: 40, mels: 20, fmin: 60, fmax: 3500, logOffset: 0.03 };
  const examples = vggishMel(
    sound.data,
    {
      sampleRate: 8000,
      fftSize: 128,
      windowLength: 100,
      hop: 40,
      bands: 20,
      minimumHz: 60,
      maximumHz: 3500,
      logOffset: 0.03,
      scale: "htk",
      norm: "none",
      triangles: "mel",
      padding: "none",
      windowPlacement: "start",
      power: 1,
    },
    7,
  );
  const mel = {
    caseSeed: SEED,
    config: sizes,
    inputs: { wave: { shape: [900], amp: 0.5, offset: 0 } },
    outputs: { examples: { shape: examples.shape } },
    tolerance,
  };
  expectPassed(await made(mel, { examples: float32(examples) }), "front-end of a metric");

  const noise = random("odd", [30, 20, 3], 25).data;
  const bytes = Uint8Array.from(noise, (value, i) => {
    const [c, px, py] = [i % 3, Math.floor(i / 3) % 20, Math.floor(i / 60)];
    const chequer = ((Math.floor(px / 5) + Math.floor(py / 7)) % 2) * 200 + 20;
    const base = [(7 * px + 3 * py) % 256, (px * py) % 256, chequer][c] as number;
    return Math.max(0, Math.min(255, base + Math.floor(value)));
  });
  const small = bicubicResize(bytes, 20, 30, 11, 17, { channels: 3 });
  const resize = {
    caseSeed: SEED,
    config: { antialias: true, interpolation: "bicubic a=-0.5" },
    inputs: { odd: { shape: [30, 20, 3], amp: 25 } },
    outputs: { odd: { shape: [17, 11, 3] } },
    tolerance: { exact: true },
  };
  expectPassed(await made(resize as AnyCase, { odd: float32({ shape: [17, 11, 3], data: small }) }), "front-end of a metric");
});

test("pictures for V-JEPA 2: name, seed, sizes, crop, normalisation and what is kept of it", async () => {
  const [height, width, side] = [70, 90, 48];
  const start = crc32("clip:first") ^ 9;
  const rgb = Uint8Array.from({ length: height * width * 3 }, (_, k) => {
    const [c, px, py] = [k % 3, Math.floor(k / 3) % width, Math.floor(k / (3 * width))];
    const ramp = ((px * (c + 2) + py * (3 - c)) >> 2) & 255;
    const value = ((px >> 4) ^ (py >> 4)) & 1 ? 255 - ramp : ramp;
    return (value * 3 + (hash(k + start) >>> 24)) >> 2;
  });
  const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const picture = { rgb, height, width };
  const plan = planCrop(height, width, [side, side]);
  const normalisation = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] } as const;
  const pixels = vjepa2Preprocess([side, side], normalisation)(picture);
  const kept = pixels.filter((_, i) => (i % side) % 6 === 0 && Math.floor(i / side) % 6 === 0);
  const file: AnyCase = {
    caseSeed: SEED,
    config: { cropSize: side, ...normalisation },
    frameFormula: { name: "clip:<name>", seed: 9 },
    frames: {
      first: {
        size: [height, width],
        resized: [plan.height, plan.width],
        crop: { top: plan.top, left: plan.left, size: side },
        inputSha256: sha(rgb),
        cropSha256: sha(cropPicture(picture, [side, side])),
      },
    },
    tolerance: { pixel_values: { maxAbs: 0 } },
  };
  const stored = { "frame.first.pixel_values_stride6": float32({ shape: [3, 8, 8], data: kept }) };
  const report = await made(file, stored);
  expectPassed(report, "pictures for V-JEPA 2");
  expect(report.comparisons).toHaveLength(4);
});

test("segments of a clip: rate, length and tokens per second", async () => {
  const segments = [
    { frames: [0, 19], realFrames: 20, keptTokens: 10 },
    { frames: [20, 26], realFrames: 7, keptTokens: 4 },
  ];
  const file: AnyCase = {
    config: { fps: 10, segmentFrames: 20, effectiveFps: 5 },
    examples: [{ durationSeconds: 2.75, frames: 27, padRepeatLast: { tokens: 14, segments } }],
    resampling: { firstForty: [{ sourceFps: "25", fraction: [25, 1], sourceFrameOf16FpsFrame: [0, 2, 5, 7, 10, 12] }] },
  };
  expectPassed(await made(file), "segments of a clip");
});

test("statistics of metrics: the case's seed, tolerances and counts that the case states", async () => {
  const entry = { name: "a", shape: [3], amp: 2, offset: 1 };
  const file: AnyCase = {
    caseSeed: SEED,
    cases: [
      { kind: "formula", name: "own", inputs: entry, expected: { values: [...formula("a", entry, SEED)] }, tolerance: "exact" },
      {
        kind: "onset-prf",
        name: "wide",
        inputs: { gt: [1, 2], pred: [1.25, 2.5] },
        expected: { "0.3": { hits: 1, precision: 0.5, recall: 0.5, f1: 0.5 } },
        tolerance: { abs: 1e-12 },
      },
      {
        kind: "mt19937",
        name: "three",
        inputs: { seed: 2020 },
        expected: { uint32: [4236026720, 639299976, 3751189827] },
        tolerance: "exact",
      },
    ],
  };
  expectPassed(await made(file), "statistics of metrics");
});
