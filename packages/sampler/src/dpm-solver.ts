/**
 * DPM-Solver with single-step orders 1 to 3 (Lu et al. 2022, arXiv 2206.00927), forms as in k-diffusion `sampling.py`:
 * "fast" spends a fixed number of model evaluations, "adaptive" chooses its steps. Time here is λ = −ln σ. Both end at
 * `sigmaMin`, not at 0.
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber, checkSteps } from "./check.js";
import { type LatentArray, weightedSum } from "./latents.js";
import type { Denoise } from "./objective.js";
import { DEFAULT_SIGMA_MAX, DEFAULT_SIGMA_MIN, DEFAULT_STEPS } from "./schedules.js";
import type { RunOptions } from "./solver.js";

/** DPM-Solver-fast: steps of order 3, the last ones lower, equally spaced in ln σ; `options.steps` model evaluations in all. */
export async function dpmFast<T extends LatentArray>(denoise: Denoise<T>, x: T, options: RunOptions<T>): Promise<T> {
  const { start, end } = checkRange(options);
  const evaluations = checkSteps(options.steps ?? DEFAULT_STEPS);
  const count = Math.floor(evaluations / 3) + 1;
  const orders: number[] =
    evaluations % 3 === 0
      ? [...new Array<number>(count - 2).fill(3), 2, 1]
      : [...new Array<number>(count - 1).fill(3), evaluations % 3];
  let state = x;
  for (let index = 0; index < count; index++) {
    options.signal?.throwIfAborted();
    const from = start + ((end - start) * index) / count;
    const to = start + ((end - start) * (index + 1)) / count;
    const step = new SingleStep(denoise, state, from, to);
    const order = orders[index] as number;
    const next = await (order === 1 ? step.first() : order === 2 ? step.second(1 / 2) : step.third());
    await options.onStep?.({ index, count, sigma: Math.exp(-from), x: state, denoised: await step.denoised() });
    state = next;
  }
  return state;
}

/**
 * DPM-Solver-23 with a step size controlled by the difference of its orders 2 and 3. `count` in its step reports is an
 * estimate. Rejected steps are not reported.
 */
export async function dpmAdaptive<T extends LatentArray>(denoise: Denoise<T>, x: T, options: RunOptions<T>): Promise<T> {
  const { start, end } = checkRange(options);
  const relative = checkNumber("relativeTolerance", options.relativeTolerance ?? 0.01, { min: 0 });
  const absolute = checkNumber("absoluteTolerance", options.absoluteTolerance ?? 0.01, { above: 0 });
  let h = checkNumber("firstStep", options.firstStep ?? 0.05, { above: 0 });
  let at = start;
  let state = x;
  let previousLow = x;
  let index = 0;
  for (let attempt = 0; at < end - 1e-5; attempt++) {
    if (attempt === MAX_ATTEMPTS) {
      throw new FoleyError("invalid-argument", `The adaptive solver did not finish in ${MAX_ATTEMPTS} attempts.`, {
        hint: "Raise relativeTolerance and absoluteTolerance, and check that the model's output is finite.",
      });
    }
    options.signal?.throwIfAborted();
    const to = Math.min(end, at + h);
    const step = new SingleStep(denoise, state, at, to);
    const low = await step.second(1 / 3);
    const high = await step.third();
    let sum = 0;
    for (let i = 0; i < low.length; i++) {
      const lowValue = low[i] as number;
      const scale = Math.max(absolute, relative * Math.max(Math.abs(lowValue), Math.abs(previousLow[i] as number)));
      sum += ((lowValue - (high[i] as number)) / scale) ** 2;
    }
    const error = Math.sqrt(sum / low.length);
    // Integral control with the step limited smoothly: h grows by at most 1 + π/2.
    const factor = 1 + Math.atan((1 / (error + 1e-8)) ** (1 / 3) - 1);
    if (factor >= ACCEPT_SAFETY) {
      const count = index + 1 + Math.ceil((end - to) / (h * factor) - 1e-9);
      await options.onStep?.({ index, count, sigma: Math.exp(-at), x: state, denoised: await step.denoised() });
      index++;
      previousLow = low;
      state = high;
      at = to;
    }
    h *= factor;
  }
  return state;
}

/** A step is kept when the controller would shrink the next one by no more than this. */
const ACCEPT_SAFETY = 0.81;
const MAX_ATTEMPTS = 10_000;

/** One step from λ `from` to `to`; the evaluations that its orders share are made once. */
class SingleStep<T extends LatentArray> {
  readonly #model: Denoise<T>;
  readonly #x: T;
  readonly #from: number;
  readonly #h: number;
  #denoised: T | undefined;
  #epsilon: T | undefined;
  #atThird: T | undefined;

  constructor(denoise: Denoise<T>, x: T, from: number, to: number) {
    this.#model = denoise;
    this.#x = x;
    this.#from = from;
    this.#h = to - from;
  }

  async denoised(): Promise<T> {
    this.#denoised ??= await this.#model(this.#x, Math.exp(-this.#from));
    return this.#denoised;
  }

  async first(): Promise<T> {
    return this.#forward(1, []);
  }

  async second(r: number): Promise<T> {
    const inner = await this.#inner(r);
    return this.#forward(1, [[-(this.#sigma(1) / (2 * r)) * Math.expm1(this.#h), inner]]);
  }

  async third(): Promise<T> {
    const h = this.#h;
    const one = await this.#inner(1 / 3);
    const bend = Math.expm1((2 / 3) * h) / ((2 / 3) * h) - 1;
    const middle = await this.#forward(2 / 3, [[-this.#sigma(2 / 3) * 2 * bend, one]]);
    const two = await this.#difference(middle, 2 / 3);
    return this.#forward(1, [[-(this.#sigma(1) / (2 / 3)) * (Math.expm1(h) / h - 1), two]]);
  }

  /** ε at the inner point of order 2, less ε at the start; the point at 1/3 is shared by the orders 2 and 3. */
  async #inner(r: number): Promise<T> {
    if (r !== 1 / 3) return this.#difference(await this.#forward(r, []), r);
    this.#atThird ??= await this.#difference(await this.#forward(r, []), r);
    return this.#atThird;
  }

  #sigma(r: number): number {
    return Math.exp(-(this.#from + r * this.#h));
  }

  /** x − σ(r)·(e^(r·h) − 1)·ε plus corrections. */
  async #forward(r: number, corrections: readonly (readonly [number, T])[]): Promise<T> {
    const epsilon = await this.#startEpsilon();
    const weights = [1, -this.#sigma(r) * Math.expm1(r * this.#h), ...corrections.map(([weight]) => weight)];
    return weightedSum(weights, [this.#x, epsilon, ...corrections.map(([, array]) => array)]);
  }

  async #startEpsilon(): Promise<T> {
    const sigma = Math.exp(-this.#from);
    this.#epsilon ??= weightedSum([1 / sigma, -1 / sigma], [this.#x, await this.denoised()]);
    return this.#epsilon;
  }

  async #difference(at: T, r: number): Promise<T> {
    const sigma = this.#sigma(r);
    const denoised = await this.#model(at, sigma);
    return weightedSum([1 / sigma, -1 / sigma, -1], [at, denoised, await this.#startEpsilon()]);
  }
}

function checkRange<T extends LatentArray>(range: RunOptions<T>): { readonly start: number; readonly end: number } {
  const sigmaMin = checkNumber("sigmaMin", range.sigmaMin ?? DEFAULT_SIGMA_MIN, { above: 0 });
  const sigmaMax = checkNumber("sigmaMax", range.sigmaMax ?? DEFAULT_SIGMA_MAX, { above: sigmaMin });
  return { start: -Math.log(sigmaMax), end: -Math.log(sigmaMin) };
}
