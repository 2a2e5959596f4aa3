/**
 * Further solvers in Karras' parametrisation dx/dσ = (x − D(x, σ))/σ: Euler, Heun (Karras et al. 2022, Algorithm 2 without
 * churn), DPM-Solver-2, linear multistep, and two ancestral ones; forms as in k-diffusion `sampling.py`.
 */
import { FoleyError } from "@foley-control/core";
import { checkStochastic } from "./dpmpp.js";
import { type LatentArray, weightedSum } from "./latents.js";
import type { Denoise } from "./objective.js";
import { drawNoise, type RunOptions, type StepRule } from "./solver.js";

/** Euler's method; one model evaluation per step. */
export function karrasEuler<T extends LatentArray>(): StepRule<T> {
  return async (denoised, state, _index, sigma, nextSigma) => {
    return { denoised, next: towards(state, denoised, nextSigma / sigma) };
  };
}

/** Heun's method; two model evaluations per step, one in a step to 0. */
export function karrasHeun<T extends LatentArray>(_options: RunOptions<T>, denoise: Denoise<T>): StepRule<T> {
  return async (denoised, state, _index, sigma, nextSigma) => {
    const euler = towards(state, denoised, nextSigma / sigma);
    if (nextSigma === 0) return { denoised, next: euler };
    const second = await denoise(euler, nextSigma);
    const a = (nextSigma - sigma) / 2 / sigma;
    const b = (nextSigma - sigma) / 2 / nextSigma;
    return { denoised, next: weightedSum([1 + a, -a, b, -b], [state, denoised, euler, second]) };
  };
}

/** DPM-Solver-2 (Lu et al. 2022, arXiv 2206.00927): midpoint in ln σ; two model evaluations per step, one in a step to 0. */
export function karrasDpm2<T extends LatentArray>(_options: RunOptions<T>, denoise: Denoise<T>): StepRule<T> {
  return async (denoised, state, _index, sigma, nextSigma) => {
    if (nextSigma === 0) return { denoised, next: towards(state, denoised, 0) };
    const middleSigma = Math.sqrt(sigma * nextSigma);
    const middle = towards(state, denoised, middleSigma / sigma);
    const second = await denoise(middle, middleSigma);
    const slope = (nextSigma - sigma) / middleSigma;
    return { denoised, next: weightedSum([1, slope, -slope], [state, middle, second]) };
  };
}

/** Linear multistep (Adams–Bashforth on the given sigmas); one model evaluation per step. */
export function karrasLms<T extends LatentArray>(options: RunOptions<T>): StepRule<T> {
  const order = options.order ?? 4;
  if (![1, 2, 3, 4].includes(order)) throw new FoleyError("invalid-argument", `order is ${order}; it must be 1, 2, 3 or 4.`);
  const slopes: T[] = [];
  const nodes: number[] = [];
  return async (denoised, state, _index, sigma, nextSigma) => {
    slopes.unshift(weightedSum([1 / sigma, -1 / sigma], [state, denoised]));
    nodes.unshift(sigma);
    slopes.length = nodes.length = Math.min(slopes.length, order);
    const weights = slopes.map((_, j) => lagrangeIntegral(nodes, j, sigma, nextSigma));
    return { denoised, next: weightedSum([1, ...weights], [state, ...slopes]) };
  };
}

/** Euler with ancestral noise; one model evaluation per step. */
export function karrasEulerAncestral<T extends LatentArray>(options: RunOptions<T>): StepRule<T> {
  const { eta, noiseScale } = checkStochastic(options);
  return async (denoised, state, index, sigma, nextSigma) => {
    const { down, up } = ancestral(sigma, nextSigma, eta);
    const next = towards(state, denoised, down / sigma);
    if (up === 0) return { denoised, next };
    return { denoised, next: weightedSum([1, up * noiseScale], [next, drawNoise(options.noise, index, state)]) };
  };
}

/** DPM-Solver++(2S) with ancestral noise; two model evaluations per step, one in a step to 0. */
export function karrasDpmpp2sAncestral<T extends LatentArray>(options: RunOptions<T>, denoise: Denoise<T>): StepRule<T> {
  const { eta, noiseScale } = checkStochastic(options);
  return async (denoised, state, index, sigma, nextSigma) => {
    const { down, up } = ancestral(sigma, nextSigma, eta);
    let next = towards(state, denoised, down / sigma);
    if (down > 0) {
      const middleSigma = Math.sqrt(sigma * down);
      const second = await denoise(towards(state, denoised, middleSigma / sigma), middleSigma);
      next = towards(state, second, down / sigma);
    }
    if (up === 0) return { denoised, next };
    return { denoised, next: weightedSum([1, up * noiseScale], [next, drawNoise(options.noise, index, state)]) };
  };
}

/** ratio·x + (1 − ratio)·denoised: the exact solution for a denoised estimate that does not change. */
function towards<T extends LatentArray>(x: T, denoised: T, ratio: number): T {
  return weightedSum([ratio, 1 - ratio], [x, denoised]);
}

/** Splits a step to `nextSigma` into a deterministic part (down) and fresh noise (up): down² + up² = nextSigma². */
function ancestral(sigma: number, nextSigma: number, eta: number): { readonly down: number; readonly up: number } {
  const up = Math.min(nextSigma, eta * nextSigma * Math.sqrt(1 - (nextSigma / sigma) ** 2));
  return { down: Math.sqrt(nextSigma * nextSigma - up * up), up };
}

/** ∫ from a to b of the j-th Lagrange polynomial; two Gauss points are exact up to degree 3. */
function lagrangeIntegral(nodes: readonly number[], j: number, a: number, b: number): number {
  const half = (b - a) / 2;
  let sum = 0;
  for (const point of [-1 / Math.sqrt(3), 1 / Math.sqrt(3)]) {
    const at = a + half * (1 + point);
    let product = 1;
    nodes.forEach((node, k) => {
      if (k !== j) product *= (at - node) / ((nodes[j] as number) - node);
    });
    sum += product;
  }
  return sum * half;
}
