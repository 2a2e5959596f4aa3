/**
 * DDIM for the v objective (Song et al. 2020, arXiv 2010.02502; stable-audio-tools `sample`), and CFG++ (Chung et al. 2024,
 * arXiv 2406.08070), which renoises with the unconditional prediction. One model evaluation per step.
 */
import { checkNumber } from "./check.js";
import { type LatentArray, weightedSum } from "./latents.js";
import { alphaSigma } from "./objective.js";
import { drawNoise, type GuidedPrediction, type RunOptions, type StepRule } from "./solver.js";

/** v-DDIM, deterministic unless `eta` is given. Noise is estimated by the unconditional prediction; without CFG++ both are one. */
export function ddim<T extends LatentArray>(options: RunOptions<T>): StepRule<T, GuidedPrediction<T>> {
  const eta = checkNumber("eta", options.eta ?? 0, { min: 0, max: 1 });
  const noiseScale = checkNumber("noiseScale", options.noiseScale ?? 1, { min: 0 });
  return async ({ guided, unconditional }, state, index, time, nextTime) => {
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
}
