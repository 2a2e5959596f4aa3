/**
 * Solvers for rectified flow, x_t = (1 − t)·x₀ + t·ε (Liu et al. 2022, arXiv 2209.03003; forms as in stable-audio-tools
 * `inference/sampling.py`). Times fall from at most 1 and end with 0.
 */
import { type LatentArray, weightedSum } from "./latents.js";
import type { Velocity } from "./objective.js";
import { drawNoise, type RunOptions, type StepRule } from "./solver.js";

/** Euler's method; one model evaluation per step. */
export function flowEuler<T extends LatentArray>(): StepRule<T> {
  return async (v, state, _index, time, nextTime) => {
    return { denoised: weightedSum([1, -time], [state, v]), next: weightedSum([1, nextTime - time], [state, v]) };
  };
}

/** Classic fourth-order Runge–Kutta; four model evaluations per step. */
export function flowRk4<T extends LatentArray>({ edges }: RunOptions<T>, velocity: Velocity<T>): StepRule<T> {
  return async (k1, state, _index, time, nextTime) => {
    const dt = nextTime - time;
    const k2 = await velocity(weightedSum([1, dt / 2], [state, k1]), time + dt / 2);
    const k3 = await velocity(weightedSum([1, dt / 2], [state, k2]), time + dt / 2);
    const k4 = await velocity(weightedSum([1, dt], [state, k3]), Math.max(nextTime, edges?.time ?? 0));
    const next = weightedSum([1, dt / 6, dt / 3, dt / 3, dt / 6], [state, k1, k2, k3, k4]);
    return { denoised: weightedSum([1, -time], [state, k1]), next };
  };
}

/** DPM-Solver++(2M) in λ = ln((1 − t)/t); first and last step of first order; one model evaluation per step. */
export function flowDpmpp<T extends LatentArray>({ edges: { share = 0 } = {} }: RunOptions<T>): StepRule<T> {
  const lambda = (time: number): number => Math.log(Math.max(1 - time, share) / Math.max(time, share));
  let previous: { denoised: T; h: number } | undefined;
  return async (v, state, _index, time, nextTime) => {
    const denoised = weightedSum([1, -time], [state, v]);
    if (nextTime === 0) return { denoised, next: denoised };
    // At time 1 λ is −∞: h is infinite, and the step after it has no usable previous slope (ratio 0); with a least share it has.
    const h = lambda(nextTime) - lambda(time);
    const gain = (time - nextTime) / time;
    const half = previous === undefined ? 0 : h / previous.h / 2;
    const next = weightedSum(
      [nextTime / time, gain * (1 + half), -gain * half],
      [state, denoised, previous?.denoised ?? denoised],
    );
    previous = { denoised, h };
    return { denoised, next };
  };
}

/**
 * Ping-pong sampling for few-step distilled models (the consistency-model loop of Song et al. 2023, arXiv 2303.01469):
 * denoise, then renoise to the next level with fresh noise. One model evaluation per step; the last draws no noise.
 */
export function flowPingPong<T extends LatentArray>(options: RunOptions<T>): StepRule<T> {
  return async (v, state, index, time, nextTime) => {
    const denoised = weightedSum([1, -time], [state, v]);
    if (nextTime === 0) return { denoised, next: denoised };
    const next = weightedSum([1 - nextTime, nextTime], [denoised, drawNoise(options.noise, index, state)]);
    return { denoised, next };
  };
}
