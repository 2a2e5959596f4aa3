/** Independent of any reference implementation: order of convergence on a model whose ODE has a closed solution. */
import type { SolverName } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { alphaSigma, exponentialSigmas, linearTimes, type RunOptions, SOLVERS, type Velocity } from "./index.js";

// Data N(mean, spread²) in one dimension. The flow keeps (x − α·mean)/√(α²·spread² + σ²) constant.
const mean = 0.7;
const variance = 0.49;

/** Conditional mean of the clean and of the noise value, given x = a·clean + b·noise. */
function posterior(x: number, a: number, b: number): { clean: number; noise: number } {
  const scaled = (x - a * mean) / (a * a * variance + b * b);
  return { clean: mean + a * variance * scaled, noise: b * scaled };
}
const flow: Velocity<Float64Array> = (x, t) =>
  x.map((value) => {
    const { clean, noise } = posterior(value, 1 - t, t);
    return noise - clean;
  });
const velocity: Velocity<Float64Array> = (x, t) =>
  x.map((value) => {
    const { alpha, sigma } = alphaSigma(t);
    const { clean, noise } = posterior(value, alpha, sigma);
    return alpha * noise - sigma * clean;
  });

const start = Float64Array.of(3.1);
const sigmas = (steps: number): Float64Array =>
  exponentialSigmas({ steps: steps + 1, sigmaMin: 0.1, sigmaMax: 10 }).subarray(0, -1);
const times = (steps: number): Float64Array => linearTimes({ steps, timeMax: 0.9 }).map((t) => t + 0.1);
const scale = (a: number, b: number): number => Math.sqrt(a * a * variance + b * b);

const sigmaTruth = mean + ((start[0] as number) - mean) * (scale(1, 0.1) / scale(1, 10));
const flowTruth = 0.9 * mean + (start[0] as number) * (scale(0.9, 0.1) / 1);
const end = alphaSigma(0.1);
const vTruth = end.alpha * mean + (start[0] as number) * scale(end.alpha, end.sigma);
const quiet = { eta: 0 };
const truths = { sigmas: sigmaTruth, angles: vTruth, "log-snr-times": flowTruth, "linear-times": flowTruth };

describe("order of convergence", () => {
  it.each<[SolverName, RunOptions<Float64Array>, number]>([
    ["k-euler", {}, 1],
    ["k-heun", {}, 2],
    ["k-dpm-2", {}, 2],
    ["k-lms", { order: 1 }, 1],
    ["k-lms", { order: 2 }, 2],
    ["k-dpmpp-2s-ancestral", quiet, 2],
    ["dpmpp-2m", {}, 2],
    ["dpmpp-2m-sde", quiet, 2],
    ["dpmpp-2m-sde", { ...quiet, correction: "heun" }, 2],
    // Its first steps are of orders 1 and 2, so that the whole has order 2.
    ["dpmpp-3m-sde", quiet, 2],
    ["k-dpm-fast", { sigmaMin: 0.1, sigmaMax: 10 }, 3],
    ["euler", {}, 1],
    ["dpmpp", {}, 2],
    ["rk4", {}, 4],
    ["v-ddim", {}, 1],
  ])("of %s %j is at least %d", async (name, options, order) => {
    const { predicts, levels, choosesLevels, run } = SOLVERS[name];
    const truth = truths[levels];
    const solve = (n: number): Promise<Float64Array> =>
      run(predicts === "v" ? velocity : flow, start, levels === "sigmas" ? sigmas(n) : times(n), {
        ...options,
        ...(choosesLevels && { steps: 3 * n - 1 }),
      });
    const error = async (steps: number): Promise<number> => Math.abs(((await solve(steps))[0] as number) - truth);
    const [coarse, fine] = [await error(80), await error(160)];
    expect(fine).toBeLessThan(0.05);
    expect(Math.log2(coarse / fine)).toBeGreaterThan(order - 0.25);
    // Neither is the order claimed far too low.
    expect(Math.log2(coarse / fine)).toBeLessThan(order + 1.25);
  });
});
