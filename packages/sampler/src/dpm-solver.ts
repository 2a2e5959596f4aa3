/**
 * DPM-Solver with single-step orders 1 to 3 (Lu et al. 2022, arXiv 2206.00927), forms as in k-diffusion `sampling.py`:
 * "fast" spends a fixed number of model evaluations, "adaptive" chooses its steps. Time here is λ = −ln σ. Both end at
 * `sigmaMin`, not at 0.
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber, checkSteps } from "./check.js";
import { each, type LatentArray, type Rounding, roundingOf } from "./latents.js";
import type { Denoise } from "./objective.js";
import { DEFAULT_SIGMA_MAX, DEFAULT_SIGMA_MIN, DEFAULT_STEPS } from "./schedules.js";
import type { RunOptions } from "./solver.js";

/** DPM-Solver-fast: steps of order 3, the last ones lower, equally spaced in ln σ; `options.steps` model evaluations in all. */
export async function dpmFast<T extends LatentArray>(denoise: Denoise<T>, x: T, options: RunOptions<T>): Promise<T> {
  const round = roundingOf(x);
  const { start, end } = checkRange(options, round);
  const evaluations = checkSteps(options.steps ?? DEFAULT_STEPS);
  const count = Math.floor(evaluations / 3) + 1;
  const orders: number[] =
    evaluations % 3 === 0
      ? [...new Array<number>(count - 2).fill(3), 2, 1]
      : [...new Array<number>(count - 1).fill(3), evaluations % 3];
  let state = x;
  for (let index = 0; index < count; index++) {
    options.signal?.throwIfAborted();
    const from = round(start + ((end - start) * index) / count);
    const to = round(start + ((end - start) * (index + 1)) / count);
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
  const round = roundingOf(x);
  const { start, end } = checkRange(options, round);
  const relative = checkNumber("relativeTolerance", options.relativeTolerance ?? 0.01, { min: 0 });
  const absolute = checkNumber("absoluteTolerance", options.absoluteTolerance ?? 0.01, { above: 0 });
  let h = checkNumber("firstStep", options.firstStep ?? 0.05, { above: 0 });
  let at = start;
  let state = x;
  let previousLow = x;
  let index = 0;
  for (let attempt = 0; at < round(end - round(1e-5)); attempt++) {
    if (attempt === MAX_ATTEMPTS) {
      throw new FoleyError("invalid-argument", `The adaptive solver did not finish in ${MAX_ATTEMPTS} attempts.`, {
        hint: "Raise relativeTolerance and absoluteTolerance, and check that the model's output is finite.",
      });
    }
    options.signal?.throwIfAborted();
    const to = Math.min(end, round(at + round(h)));
    const step = new SingleStep(denoise, state, at, to);
    const low = await step.second(1 / 3);
    const high = await step.third();
    let sum = 0;
    for (let i = 0; i < low.length; i++) {
      const lowValue = low[i] as number;
      const size = Math.max(Math.abs(lowValue), Math.abs(previousLow[i] as number));
      const scale = Math.max(round(absolute), round(round(relative) * size));
      sum += round(round(lowValue - (high[i] as number)) / scale) ** 2;
    }
    const error = round(round(Math.sqrt(sum)) / round(Math.sqrt(low.length)));
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

/**
 * One step from λ `from` to `to`; the evaluations that its orders share are made once. Each operation is rounded as the latents are, in the
 * order of the reference: where latents are large, what the orders differ by is rounding, and by it the adaptive solver chooses its steps.
 */
class SingleStep<T extends LatentArray> {
  readonly #model: Denoise<T>;
  readonly #x: T;
  readonly #from: number;
  readonly #h: number;
  readonly #end: number;
  readonly #round: Rounding;
  #denoised: T | undefined;
  #epsilon: T | undefined;
  #atThird: T | undefined;

  constructor(denoise: Denoise<T>, x: T, from: number, to: number) {
    this.#round = roundingOf(x);
    this.#model = denoise;
    this.#x = x;
    this.#from = from;
    this.#h = this.#round(to - from);
    this.#end = to;
  }

  async denoised(): Promise<T> {
    this.#denoised ??= await this.#model(this.#x, this.#sigmaAt(this.#from));
    return this.#denoised;
  }

  async first(): Promise<T> {
    return this.#forward(1, []);
  }

  async second(r: number): Promise<T> {
    const inner = await this.#inner(r);
    const round = this.#round;
    return this.#forward(1, [[round(round(this.#sigma(1) / round(2 * r)) * this.#growth(1)), inner]]);
  }

  async third(): Promise<T> {
    const round = this.#round;
    const one = await this.#inner(1 / 3);
    const middle = await this.#forward(2 / 3, [[round(round(this.#sigma(2 / 3) * 2) * this.#bend(2 / 3)), one]]);
    const two = await this.#difference(middle, 2 / 3);
    return this.#forward(1, [[round(round(this.#sigma(1) / round(2 / 3)) * this.#bend(1)), two]]);
  }

  /** ε at the inner point of order 2, less ε at the start; the point at 1/3 is shared by the orders 2 and 3. */
  async #inner(r: number): Promise<T> {
    if (r !== 1 / 3) return this.#difference(await this.#forward(r, []), r);
    this.#atThird ??= await this.#difference(await this.#forward(r, []), r);
    return this.#atThird;
  }

  /** r·h. */
  #part(r: number): number {
    return r === 1 ? this.#h : this.#round(this.#round(r) * this.#h);
  }

  #sigma(r: number): number {
    return this.#sigmaAt(r === 1 ? this.#end : this.#round(this.#from + this.#part(r)));
  }

  #sigmaAt(lambda: number): number {
    return this.#round(Math.exp(-lambda));
  }

  /** e^(r·h) − 1. */
  #growth(r: number): number {
    return this.#round(Math.expm1(this.#part(r)));
  }

  /** (e^(r·h) − 1)/(r·h) − 1. */
  #bend(r: number): number {
    return this.#round(this.#round(this.#growth(r) / this.#part(r)) - 1);
  }

  /** x − σ(r)·(e^(r·h) − 1)·ε less corrections. */
  async #forward(r: number, corrections: readonly (readonly [number, T])[]): Promise<T> {
    const epsilon = await this.#startEpsilon();
    const terms = [[this.#round(this.#sigma(r) * this.#growth(r)), epsilon] as const, ...corrections];
    return each(this.#x, (value, i) =>
      terms.reduce((sum, [weight, array]) => this.#round(sum - this.#round(weight * (array[i] as number))), value),
    );
  }

  async #startEpsilon(): Promise<T> {
    this.#epsilon ??= this.#epsilonOf(this.#x, await this.denoised(), this.#sigmaAt(this.#from));
    return this.#epsilon;
  }

  #epsilonOf(x: T, denoised: T, sigma: number): T {
    return each(x, (value, i) => this.#round(value - (denoised[i] as number)) / sigma);
  }

  async #difference(at: T, r: number): Promise<T> {
    const sigma = this.#sigma(r);
    const epsilon = this.#epsilonOf(at, await this.#model(at, sigma), sigma);
    const start = await this.#startEpsilon();
    return each(epsilon, (value, i) => value - (start[i] as number));
  }
}

function checkRange<T extends LatentArray>(
  range: RunOptions<T>,
  round: Rounding,
): { readonly start: number; readonly end: number } {
  const sigmaMin = checkNumber("sigmaMin", range.sigmaMin ?? DEFAULT_SIGMA_MIN, { above: 0 });
  const sigmaMax = checkNumber("sigmaMax", range.sigmaMax ?? DEFAULT_SIGMA_MAX, { above: sigmaMin });
  const lambda = (sigma: number) => -round(Math.log(round(sigma)));
  return { start: lambda(sigmaMax), end: lambda(sigmaMin) };
}
