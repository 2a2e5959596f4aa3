import { FoleyError, normalArray } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { guide, type SampleOptions, type SolverStep, sample, seededNoise, solverNames } from "./index.js";
import { solverLevels } from "./sample.js";

const noise = normalArray(1, ["start"], 8);
const model = (x: Float32Array, t: number): Float32Array => x.map((value) => 0.5 * Math.sin(3 * value + 2 * t));
const stepNoise = seededNoise(1, 8, "steps");
const { pair } = guide((x: Float32Array, t, branches) => branches.map(() => model(x, t)), { textScale: 2 });
const everySolver: SampleOptions[] = (["v", "flow"] as const).flatMap((prediction) =>
  solverNames(prediction).map((solver) => ({ solver, prediction, noise: stepNoise, pair })),
);

describe.each(everySolver.map((options) => [options.solver as string, options] as const))("sample with %s", (solver, options) => {
  it("gives finite latents for 1, 2 and 5 steps, the same every time, and leaves its inputs alone", async () => {
    const before = Float32Array.from(noise);
    for (const steps of [1, 2, 5]) {
      const first = await sample(model, noise, { ...options, steps });
      expect(first).toBeInstanceOf(Float32Array);
      expect(first.every(Number.isFinite)).toBe(true);
      expect(await sample(model, noise, { ...options, steps })).toEqual(first);
    }
    expect(noise).toEqual(before);
  });

  it("reports every step in order, starting from the start state", async () => {
    const steps: SolverStep[] = [];
    const result = await sample(model, noise, { ...options, steps: 5, onStep: (step) => void steps.push(step) });
    expect(steps.map((step) => step.index)).toEqual(steps.map((_, i) => i));
    expect(steps.at(-1)?.count).toBe(steps.length);
    if (!solver.startsWith("k-dpm-")) expect(steps).toHaveLength(5);
    for (let i = 1; i < steps.length; i++) expect(steps[i]?.sigma).toBeLessThan(steps[i - 1]?.sigma as number);
    // The last step of most solvers ends on its estimate.
    if (!["rk4", "euler", "k-lms", "k-dpm-fast", "k-dpm-adaptive"].includes(solver))
      expect(result).toEqual(steps.at(-1)?.denoised);
  });

  it("stops between steps when aborted, with the signal's reason", async () => {
    const controller = new AbortController();
    let seen = 0;
    const run = sample(model, noise, {
      ...options,
      steps: 9,
      signal: controller.signal,
      onStep: () => {
        seen++;
        if (seen === 2) controller.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
    expect(seen).toBe(2);
    await expect(sample(model, noise, { ...options, signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow("early");
  });

  it("refuses 0 steps and numbers that are none, naming the option", async () => {
    const bad: [SampleOptions, RegExp][] = [
      [{ steps: 0 }, /steps is 0/],
      [{ steps: 2.5 }, /steps is 2.5/],
      [{ steps: Number.NaN }, /steps is NaN/],
      [{ sigmaMax: Number.NaN }, /sigmaMax is NaN/],
      [{ sigmaMax: 0 }, /sigmaMax is 0/],
    ];
    for (const [change, message] of bad) {
      const error = await sample(model, noise, { ...options, ...change }).catch((reason: unknown) => reason);
      expect(FoleyError.isInstance(error)).toBe(true);
      expect((error as Error).message).toMatch(message);
    }
  });
});

describe("sample", () => {
  it("starts from the latents given, the more of them the lower sigmaMax is", async () => {
    const start = new Float32Array(8).fill(0.25);
    const clean = (x: Float32Array): Float32Array => new Float32Array(x.length);
    const states: Float32Array[] = [];
    const onStep = (step: SolverStep): void => {
      if (step.index === 0) states.push(step.x);
    };
    await sample(clean, noise, { solver: "dpmpp-2m", sigmaMax: 2, steps: 2, start, onStep });
    await sample(clean, noise, { solver: "euler", prediction: "flow", sigmaMax: 0.5, steps: 2, start, onStep });
    await sample(clean, noise, { solver: "v-ddim", sigmaMax: 1 / 3, steps: 2, start, onStep });
    expect(states[0]).toEqual(noise.map((value) => 0.25 + 2 * value));
    expect(states[1]).toEqual(noise.map((value) => 0.125 + 0.5 * value));
    states[2]?.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.sqrt(0.75) * 0.25 + 0.5 * (noise[i] as number), 6);
    });
  });

  it("walks own levels", async () => {
    const sigmas: number[] = [];
    await sample(model, noise, { solver: "dpmpp-2m", levels: [3, 1, 0], onStep: (step) => void sigmas.push(step.sigma) });
    expect(sigmas).toEqual([3, 1]);
    await expect(sample(model, noise, { solver: "dpmpp-2m", levels: [1, 3, 0] })).rejects.toThrow(/sigmas\[1\] is 3, not below/);
    await expect(sample(model, noise, { solver: "dpmpp-2m", levels: [] })).rejects.toThrow(FoleyError);
    await expect(sample(model, noise, { solver: "k-dpm-fast", levels: [1, 0] })).rejects.toThrow(/makes its own/);
  });

  it("asks for noise where it is needed and checks its length", async () => {
    await expect(sample(model, noise, { solver: "dpmpp-3m-sde", steps: 3 })).rejects.toThrow(/noise is missing/);
    await expect(sample(model, noise, { solver: "dpmpp-3m-sde", steps: 3, eta: 0 })).resolves.toHaveLength(8);
    await expect(sample(model, noise, { solver: "dpmpp-3m-sde", steps: 3, noise: () => new Float32Array(7) })).rejects.toThrow(
      /7 numbers for 8/,
    );
    await expect(sample(() => new Float32Array(3), noise, { solver: "dpmpp-2m", steps: 3 })).rejects.toThrow(/3 and 8|8 and 3/);
  });

  it("refuses solvers that do not fit the prediction", async () => {
    await expect(sample(model, noise, { prediction: "flow", solver: "dpmpp-2m" })).rejects.toThrow(/euler, rk4, dpmpp, pingpong/);
    await expect(sample(model, noise, { solver: "nonsense" as never })).rejects.toThrow(/solver is "nonsense"/);
    await expect(sample(model, noise, { prediction: "x" as never })).rejects.toThrow(/prediction is "x"/);
    await expect(sample(model, noise, { solver: "v-ddim-cfgpp" })).rejects.toThrow(/needs options.pair/);
  });

  it("draws step noise from the counter-based generator, by step and stream", () => {
    expect(stepNoise(3)).toEqual(normalArray(1, ["steps", 3], 8));
    expect(stepNoise(3)).not.toEqual(stepNoise(4));
  });

  it("has defaults for latents of unit deviation", () => {
    const levels = solverLevels();
    expect(levels).toHaveLength(25);
    expect(levels[0]).toBeCloseTo(80, 9);
    expect(levels[23]).toBeCloseTo(0.1, 12);
    expect(solverLevels({ prediction: "flow" })).toHaveLength(25);
  });
});
