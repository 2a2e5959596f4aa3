/**
 * DPM-Solver++ in Karras' parametrisation: Lu et al. 2022 (arXiv 2211.01095) for 2M, and the SDE forms 2M and 3M of
 * k-diffusion (`sampling.py`). One model evaluation per step; λ = −ln σ, h = λ' − λ.
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber } from "./check.js";
import { type LatentArray, weightedSum } from "./latents.js";
import { drawNoise, type RunOptions, type StepRule } from "./solver.js";

/** DPM-Solver++(2M): deterministic, second order. */
export function dpmpp2m<T extends LatentArray>(): StepRule<T> {
  let previous: { denoised: T; h: number } | undefined;
  return async (denoised, state, _index, sigma, nextSigma) => {
    if (nextSigma === 0) return { denoised, next: denoised };
    const h = Math.log(sigma / nextSigma);
    const gain = -Math.expm1(-h);
    const half = previous === undefined ? 0 : h / previous.h / 2;
    const next = weightedSum(
      [nextSigma / sigma, gain * (1 + half), -gain * half],
      [state, denoised, previous?.denoised ?? denoised],
    );
    previous = { denoised, h };
    return { denoised, next };
  };
}

/** DPM-Solver++(2M) SDE: second order in the drift. */
export function dpmpp2mSde<T extends LatentArray>(options: RunOptions<T>): StepRule<T> {
  const { eta, noiseScale } = checkStochastic(options);
  const correction = options.correction ?? "midpoint";
  if (correction !== "midpoint" && correction !== "heun") {
    throw new FoleyError("invalid-argument", `correction is ${String(correction)}; it must be "midpoint" or "heun".`);
  }
  let previous: { denoised: T; h: number } | undefined;
  return async (denoised, state, index, sigma, nextSigma) => {
    if (nextSigma === 0) return { denoised, next: denoised };
    const h = Math.log(sigma / nextSigma);
    const k = h * (1 + eta);
    const gain = -Math.expm1(-k);
    const second = correction === "heun" ? 1 - gain / k : gain / 2;
    const slope = previous === undefined ? 0 : (second * h) / previous.h;
    const weights = [(nextSigma / sigma) * Math.exp(-eta * h), gain + slope, -slope];
    const arrays = [state, denoised, previous?.denoised ?? denoised];
    if (eta > 0) {
      weights.push(nextSigma * Math.sqrt(-Math.expm1(-2 * eta * h)) * noiseScale);
      arrays.push(drawNoise(options.noise, index, state));
    }
    previous = { denoised, h };
    return { denoised, next: weightedSum(weights, arrays) };
  };
}

/** DPM-Solver++(3M) SDE: uses the three newest estimates; Stable Audio Open's default. */
export function dpmpp3mSde<T extends LatentArray>(options: RunOptions<T>): StepRule<T> {
  const { eta, noiseScale } = checkStochastic(options);
  let one: { denoised: T; h: number } | undefined;
  let two: { denoised: T; h: number } | undefined;
  return async (denoised, state, index, sigma, nextSigma) => {
    if (nextSigma === 0) return { denoised, next: denoised };
    const h = Math.log(sigma / nextSigma);
    const k = h * (1 + eta);
    const gain = -Math.expm1(-k);
    const phi2 = 1 - gain / k;
    // Weights of the newest, second and third estimate in the Taylor terms.
    let w0 = gain;
    let w1 = 0;
    let w2 = 0;
    if (one !== undefined && two !== undefined) {
      const r0 = one.h / h;
      const r1 = two.h / h;
      const phi3 = phi2 / k - 0.5;
      // Differences a = (d0 − d1)/r0 and b = (d1 − d2)/r1; the step adds φ2·(a + (a − b)·r0/(r0 + r1)) − φ3·(a − b)/(r0 + r1).
      const ofDifference = (phi2 * r0 - phi3) / (r0 + r1);
      const ofA = phi2 + ofDifference;
      w0 += ofA / r0;
      w1 = -ofA / r0 - ofDifference / r1;
      w2 = ofDifference / r1;
    } else if (one !== undefined) {
      const slope = (phi2 * h) / one.h;
      w0 += slope;
      w1 = -slope;
    }
    const weights = [Math.exp(-k), w0, w1, w2];
    const arrays = [state, denoised, one?.denoised ?? denoised, two?.denoised ?? denoised];
    if (eta > 0) {
      weights.push(nextSigma * Math.sqrt(-Math.expm1(-2 * eta * h)) * noiseScale);
      arrays.push(drawNoise(options.noise, index, state));
    }
    two = one;
    one = { denoised, h };
    return { denoised, next: weightedSum(weights, arrays) };
  };
}

/** `eta` and `noiseScale` with their defaults, checked. */
export function checkStochastic(options: { readonly eta?: number | undefined; readonly noiseScale?: number | undefined }): {
  readonly eta: number;
  readonly noiseScale: number;
} {
  return {
    eta: checkNumber("eta", options.eta ?? 1, { min: 0 }),
    noiseScale: checkNumber("noiseScale", options.noiseScale ?? 1, { min: 0 }),
  };
}
