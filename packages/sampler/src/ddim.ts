/**
 * DDIM for the v objective (Song et al. 2020, arXiv 2010.02502; stable-audio-tools `sample`), and CFG++ (Chung et al. 2024,
 * arXiv 2406.08070), which renoises with the unconditional prediction. One model evaluation per step.
 */
import { checkLevels, checkNumber } from "./check.js";
import { type LatentArray, type MaybePromise, weightedSum } from "./latents.js";
import { alphaSigma, type Velocity } from "./objective.js";
import { drawNoise, runSteps, type StochasticOptions } from "./solver.js";

/** A guided prediction together with its unconditional part. */
export interface GuidedPrediction<T extends LatentArray = Float32Array> {
  /** The combination that the denoised estimate is read from. */
  readonly guided: T;
  /** The prediction without prompt and video (or with the negative prompt). */
  readonly unconditional: T;
}

/**
 * v-DDIM over falling times in 0..1 that end with 0.
 *
 * @param options - `eta` defaults to 0 here (deterministic).
 */
export function vDdim<T extends LatentArray>(
  velocity: Velocity<T>,
  x: T,
  times: ArrayLike<number>,
  options: StochasticOptions<T> = {},
): Promise<T> {
  const both = async (state: T, time: number): Promise<GuidedPrediction<T>> => {
    const v = await velocity(state, time);
    return { guided: v, unconditional: v };
  };
  return vDdimCfgpp(both, x, times, options);
}

/** v-DDIM whose noise estimate comes from the unconditional prediction. Options as {@link vDdim}. */
export async function vDdimCfgpp<T extends LatentArray>(
  predict: (x: T, time: number) => MaybePromise<GuidedPrediction<T>>,
  x: T,
  times: ArrayLike<number>,
  options: StochasticOptions<T> = {},
): Promise<T> {
  checkLevels("times", times);
  checkNumber("times[0]", times[0] as number, { max: 1 });
  const eta = checkNumber("eta", options.eta ?? 0, { min: 0, max: 1 });
  const noiseScale = checkNumber("noiseScale", options.noiseScale ?? 1, { min: 0 });
  const step = async (
    { guided, unconditional }: GuidedPrediction<T>,
    state: T,
    index: number,
    time: number,
    nextTime: number,
  ): Promise<{ denoised: T; next: T }> => {
    const { alpha, sigma } = alphaSigma(time);
    const denoised = weightedSum([alpha, -sigma], [state, guided]);
    if (nextTime === 0) return { denoised, next: denoised };
    const epsilon = weightedSum([sigma, alpha], [state, unconditional]);
    const next = alphaSigma(nextTime);
    const fresh = eta * (next.sigma / sigma) * Math.sqrt(1 - (alpha * alpha) / (next.alpha * next.alpha));
    const weights = [next.alpha, Math.sqrt(next.sigma * next.sigma - fresh * fresh)];
    const arrays = [denoised, epsilon];
    if (fresh > 0) {
      weights.push(fresh * noiseScale);
      arrays.push(drawNoise(options.noise, index, state));
    }
    return { denoised, next: weightedSum(weights, arrays) };
  };
  return runSteps(x, times, options, predict, step, (time) => alphaSigma(time).sigma);
}
