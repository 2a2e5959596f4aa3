/** What all solvers share: their options, their report of a step, and the loop around a step. */
import { FoleyError, normalArray, type SolverEdges, type StreamPart } from "@foley-control/core";
import type { LatentArray, MaybePromise } from "./latents.js";
import type { ScheduleOptions } from "./levels.js";

/** Standard normal numbers for one step, as many as there are latents. */
export type NoiseSource<T extends LatentArray = Float32Array> = (stepIndex: number) => T;

/** State of a solver when a step has been evaluated. The arrays are not written to afterwards. */
export interface SolverStep<T extends LatentArray = Float32Array> {
  /** From 0, rising by 1. */
  readonly index: number;
  /** Number of steps; an estimate for the adaptive solver. */
  readonly count: number;
  /** Noise level before the step: sigma for Karras' solvers, sin(πt/2) for DDIM, t for flow. */
  readonly sigma: number;
  /** Latents before the step. */
  readonly x: T;
  /** Estimate of the clean latents. */
  readonly denoised: T;
}

/** Options of every solver. */
export interface SolverOptions<T extends LatentArray = Float32Array> {
  /**
   * What takes the place of a step's latents when the network has seen them and before they move on: how inpainting writes back what is
   * kept, see `inpaint`. Level is sigma or time. Not for "k-dpm-fast" and "k-dpm-adaptive".
   */
  readonly revise?: ((x: T, index: number, level: number) => T) | undefined;
  /** Called once per step; a returned promise is awaited. */
  readonly onStep?: ((step: SolverStep<T>) => MaybePromise<void>) | undefined;
  /** Checked before every step; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** A guided prediction together with its unconditional part. */
export interface GuidedPrediction<T extends LatentArray = Float32Array> {
  /** The combination that the denoised estimate is read from. */
  readonly guided: T;
  /** The prediction without prompt and video (or with the negative prompt). */
  readonly unconditional: T;
}

/** What one solver or another reads besides; each says which. */
export interface RunOptions<T extends LatentArray = Float32Array> extends SolverOptions<T>, ScheduleOptions {
  /** Fresh noise per step, for solvers that add some; needed unless `eta` is 0. */
  readonly noise?: NoiseSource<T> | undefined;
  /** Share of noise renewed per step: 1 is the full SDE, 0 the ODE. Default 1, for DDIM 0. */
  readonly eta?: number | undefined;
  /** Factor on the noise that is added. Default 1. */
  readonly noiseScale?: number | undefined;
  /** Form of the second-order term of "dpmpp-2m-sde". Default "midpoint". */
  readonly correction?: "midpoint" | "heun" | undefined;
  /** Slopes that "k-lms" uses, 1 to 4. Default 4. */
  readonly order?: number | undefined;
  /** Error that "k-dpm-adaptive" allows of a latent's size. Default 0.01. */
  readonly relativeTolerance?: number | undefined;
  /** Error that "k-dpm-adaptive" allows whatever the size. Default 0.01. */
  readonly absoluteTolerance?: number | undefined;
  /** First step of "k-dpm-adaptive", in ln σ. Default 0.05. */
  readonly firstStep?: number | undefined;
  /** What "rk4" and "dpmpp" stay away from. Default: nothing. */
  readonly edges?: SolverEdges | undefined;
  /** Guided and unconditional prediction; needed by solvers that `needsUnconditional` (see `guide`). */
  readonly pair?: ((x: T, time: number) => MaybePromise<GuidedPrediction<T>>) | undefined;
}

/**
 * The rule of a solver, made anew for each run so that it may remember earlier steps: from what the network says of `x` at `level` to the
 * clean latents that it takes this for, and to the latents at `nextLevel`.
 */
export type StepRule<T extends LatentArray, Estimate = T> = (
  estimate: Estimate,
  x: T,
  index: number,
  level: number,
  nextLevel: number,
) => Promise<{ readonly denoised: T; readonly next: T }>;

/** Noise of the counter-based generator: step `i` draws from the stream `(...stream, i)`. */
export function seededNoise(seed: number | bigint, length: number, ...stream: readonly StreamPart[]): NoiseSource {
  return (stepIndex) => normalArray(seed, [...stream, stepIndex], length);
}

/** The noise of one step, checked. */
export function drawNoise<T extends LatentArray>(noise: NoiseSource<T> | undefined, index: number, x: T): T {
  if (noise === undefined) {
    throw new FoleyError("invalid-argument", "noise is missing; this solver adds fresh noise in every step.", {
      hint: "Give options.noise, e.g. seededNoise(seed, latents.length), or set eta to 0 where the solver has it.",
    });
  }
  const values = noise(index);
  if (values.length !== x.length) {
    throw new FoleyError("shape-mismatch", `noise(${index}) gave ${values.length} numbers for ${x.length} latents.`);
  }
  return values;
}

/**
 * Runs `step` for each pair of neighbouring levels with what the network says of the state there. Every solver begins a step with that
 * evaluation; what it evaluates further, it asks for itself.
 */
export async function runSteps<T extends LatentArray, Estimate>(
  x: T,
  levels: ArrayLike<number>,
  options: SolverOptions<T>,
  evaluate: (x: T, level: number) => MaybePromise<Estimate>,
  step: StepRule<T, Estimate>,
  sigmaOf: (level: number) => number = (level) => level,
): Promise<T> {
  const count = levels.length - 1;
  let state = x;
  for (let index = 0; index < count; index++) {
    options.signal?.throwIfAborted();
    const level = levels[index] as number;
    const estimate = await evaluate(state, level);
    if (options.revise) state = options.revise(state, index, level);
    const { denoised, next } = await step(estimate, state, index, level, levels[index + 1] as number);
    await options.onStep?.({ index, count, sigma: sigmaOf(level), x: state, denoised });
    state = next;
  }
  return state;
}
