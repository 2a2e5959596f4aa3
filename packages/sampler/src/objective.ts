/**
 * What a network predicts, and how a denoised estimate is read from it.
 *
 * v objective (Salimans & Ho 2022, arXiv 2202.00512): x_t = α·x₀ + σ·ε with α = cos(πt/2), σ = sin(πt/2); v = α·ε − σ·x₀.
 * Rectified flow (Liu et al. 2022, arXiv 2209.03003): x_t = (1 − t)·x₀ + t·ε; v = ε − x₀.
 */
import { type LatentArray, type MaybePromise, weightedSum } from "./latents.js";

/** A network: latents and time in 0..1 → prediction (v or flow), a new array of the same length. */
export type Velocity<T extends LatentArray = Float32Array> = (x: T, time: number) => MaybePromise<T>;

/** A denoiser in Karras' parametrisation x = x₀ + σ·ε: latents and sigma → estimate of x₀, a new array. */
export type Denoise<T extends LatentArray = Float32Array> = (x: T, sigma: number) => MaybePromise<T>;

/** α and σ of the v objective at a time: cos(πt/2) and sin(πt/2). */
export function alphaSigma(time: number): { readonly alpha: number; readonly sigma: number } {
  return { alpha: Math.cos((time * Math.PI) / 2), sigma: Math.sin((time * Math.PI) / 2) };
}

/** Time of the v objective for Karras' sigma: (2/π)·atan σ. */
export function sigmaToTime(sigma: number): number {
  return (Math.atan(sigma) / Math.PI) * 2;
}

/** Scalings of the v objective (k-diffusion `VDenoiser`): D(x, σ) = skip·x + output·v(input·x, sigmaToTime(σ)). */
export function vScalings(sigma: number): { readonly skip: number; readonly output: number; readonly input: number } {
  const square = sigma * sigma + 1;
  const root = Math.sqrt(square);
  return { skip: 1 / square, output: -sigma / root, input: 1 / root };
}

/** A v-predicting network as a denoiser in Karras' parametrisation. */
export function vDenoiser<T extends LatentArray>(velocity: Velocity<T>): Denoise<T> {
  return async (x, sigma) => {
    const { skip, output, input } = vScalings(sigma);
    const v = await velocity(weightedSum([input], [x]), sigmaToTime(sigma));
    return weightedSum([skip, output], [x, v]);
  };
}
