/** Independent of any reference implementation: order of convergence on a model whose ODE has a closed solution. */
import { describe, expect, it } from "vitest";
import {
  alphaSigma,
  type Denoise,
  dpmFast,
  dpmpp2m,
  dpmpp2mSde,
  dpmpp3mSde,
  exponentialSigmas,
  flowDpmpp,
  flowEuler,
  flowRk4,
  karrasDpm2,
  karrasDpmpp2sAncestral,
  karrasEuler,
  karrasHeun,
  karrasLms,
  linearTimes,
  type Velocity,
  vDdim,
} from "./index.js";

// Data N(mean, spread²) in one dimension. The flow keeps (x − α·mean)/√(α²·spread² + σ²) constant.
const mean = 0.7;
const variance = 0.49;

const denoise: Denoise<Float64Array> = (x, sigma) =>
  x.map((value) => (value * variance + mean * sigma * sigma) / (variance + sigma * sigma));

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

describe("order of convergence", () => {
  it.each<[string, number, number, (steps: number) => Promise<Float64Array>]>([
    ["karrasEuler", 1, sigmaTruth, (n) => karrasEuler(denoise, start, sigmas(n))],
    ["karrasHeun", 2, sigmaTruth, (n) => karrasHeun(denoise, start, sigmas(n))],
    ["karrasDpm2", 2, sigmaTruth, (n) => karrasDpm2(denoise, start, sigmas(n))],
    ["karrasLms, order 1", 1, sigmaTruth, (n) => karrasLms(denoise, start, sigmas(n), { order: 1 })],
    ["karrasLms, order 2", 2, sigmaTruth, (n) => karrasLms(denoise, start, sigmas(n), { order: 2 })],
    ["karrasDpmpp2sAncestral, eta 0", 2, sigmaTruth, (n) => karrasDpmpp2sAncestral(denoise, start, sigmas(n), quiet)],
    ["dpmpp2m", 2, sigmaTruth, (n) => dpmpp2m(denoise, start, sigmas(n))],
    ["dpmpp2mSde, eta 0", 2, sigmaTruth, (n) => dpmpp2mSde(denoise, start, sigmas(n), quiet)],
    ["dpmpp2mSde heun, eta 0", 2, sigmaTruth, (n) => dpmpp2mSde(denoise, start, sigmas(n), { ...quiet, correction: "heun" })],
    // Its first steps are of orders 1 and 2, so that the whole has order 2.
    ["dpmpp3mSde, eta 0", 2, sigmaTruth, (n) => dpmpp3mSde(denoise, start, sigmas(n), quiet)],
    ["dpmFast", 3, sigmaTruth, (n) => dpmFast(denoise, start, { sigmaMin: 0.1, sigmaMax: 10, evaluations: 3 * n - 1 })],
    ["flowEuler", 1, flowTruth, (n) => flowEuler(flow, start, times(n))],
    ["flowDpmpp", 2, flowTruth, (n) => flowDpmpp(flow, start, times(n))],
    ["flowRk4", 4, flowTruth, (n) => flowRk4(flow, start, times(n))],
    ["vDdim", 1, vTruth, (n) => vDdim(velocity, start, times(n))],
  ])("of %s is at least %d", async (_name, order, truth, solve) => {
    const error = async (steps: number): Promise<number> => Math.abs(((await solve(steps))[0] as number) - truth);
    const [coarse, fine] = [await error(80), await error(160)];
    expect(fine).toBeLessThan(0.05);
    expect(Math.log2(coarse / fine)).toBeGreaterThan(order - 0.25);
    // Neither is the order claimed far too low.
    expect(Math.log2(coarse / fine)).toBeLessThan(order + 1.25);
  });
});
