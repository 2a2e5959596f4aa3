/**
 * Noise schedules. Sigma schedules follow k-diffusion (github.com/crowsonkb/k-diffusion, `sampling.py`, Karras et al. 2022,
 * arXiv 2206.00364); time schedules follow stable-audio-tools (`inference/sampling.py`). Each gives `steps + 1` levels that
 * fall strictly and end with 0.
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber, checkSteps } from "./check.js";

/** Steps when neither caller nor backbone says how many. */
export const DEFAULT_STEPS = 24;
/** Lowest sigma when neither caller nor backbone gives one; for latents of unit deviation. */
export const DEFAULT_SIGMA_MIN = 0.1;
/** Highest sigma when neither caller nor backbone gives one; for latents of unit deviation. */
export const DEFAULT_SIGMA_MAX = 80;
/** Exponent of the polyexponential schedule; 1 makes it exponential. */
export const DEFAULT_RHO = 1;
/** Exponent of Karras' schedule. */
export const DEFAULT_KARRAS_RHO = 7;

/** Range of a sigma schedule. */
export interface SigmaRange {
  /** Number of steps, at least 1. With one step only `sigmaMax` is used. */
  readonly steps: number;
  /** Sigma of the last model evaluation, above 0. Default {@link DEFAULT_SIGMA_MIN}. */
  readonly sigmaMin?: number | undefined;
  /** Sigma of the first model evaluation, above `sigmaMin`. Default {@link DEFAULT_SIGMA_MAX}. */
  readonly sigmaMax?: number | undefined;
}

/** σᵢ = exp(ln σ_min + rᵢ^ρ·(ln σ_max − ln σ_min)), r falling from 1 to 0; then 0. The schedule of Stable Audio Open. */
export function polyexponentialSigmas(options: SigmaRange & { readonly rho?: number | undefined }): Float64Array {
  const { steps, sigmaMin, sigmaMax } = checkRange(options);
  const rho = checkNumber("rho", options.rho ?? DEFAULT_RHO, { above: 0 });
  const low = Math.log(sigmaMin);
  const span = Math.log(sigmaMax) - low;
  return withZero(steps, (ramp) => Math.exp((1 - ramp) ** rho * span + low));
}

/** σᵢ equally spaced in ln σ; then 0. */
export function exponentialSigmas(options: SigmaRange): Float64Array {
  return polyexponentialSigmas({ ...options, rho: 1 });
}

/** σᵢ equally spaced in σ^(1/ρ) (Karras et al. 2022, eq. 5), ρ by default {@link DEFAULT_KARRAS_RHO}; then 0. */
export function karrasSigmas(options: SigmaRange & { readonly rho?: number | undefined }): Float64Array {
  const { steps, sigmaMin, sigmaMax } = checkRange(options);
  const rho = checkNumber("rho", options.rho ?? DEFAULT_KARRAS_RHO, { above: 0 });
  const high = sigmaMax ** (1 / rho);
  const span = sigmaMin ** (1 / rho) - high;
  return withZero(steps, (ramp) => (high + ramp * span) ** rho);
}

/** Sigmas of the continuous variance-preserving process (Song et al. 2021), time falling from 1 to `epsilon`; then 0. */
export function vpSigmas(options: {
  readonly steps: number;
  /** Slope of β(t). Default 19.9. */
  readonly betaSlope?: number | undefined;
  /** β(0). Default 0.1. */
  readonly betaMin?: number | undefined;
  /** Last time. Default 0.001. */
  readonly epsilon?: number | undefined;
}): Float64Array {
  const steps = checkSteps(options.steps);
  const betaSlope = checkNumber("betaSlope", options.betaSlope ?? 19.9, { above: 0 });
  const betaMin = checkNumber("betaMin", options.betaMin ?? 0.1, { min: 0 });
  const epsilon = checkNumber("epsilon", options.epsilon ?? 1e-3, { above: 0, max: 1 });
  return withZero(steps, (ramp) => {
    const t = 1 + ramp * (epsilon - 1);
    return Math.sqrt(Math.expm1((betaSlope * t * t) / 2 + betaMin * t));
  });
}

/** Times equally spaced from `timeMax` to 0. */
export function linearTimes(options: {
  readonly steps: number;
  /** First time, above 0, at most 1. Default 1. */
  readonly timeMax?: number | undefined;
}): Float64Array {
  const steps = checkSteps(options.steps);
  const timeMax = checkNumber("timeMax", options.timeMax ?? 1, { above: 0, max: 1 });
  return Float64Array.from({ length: steps + 1 }, (_, i) => timeMax * (1 - i / steps));
}

/**
 * Rectified-flow times equally spaced in the log signal-to-noise ratio λ = ln((1 − t)/t), from λ(timeMax) (−6 for 1) to 2;
 * the first is `timeMax` itself and the last 0. The schedule of Stable Audio Open Small.
 */
export function logSnrTimes(options: {
  readonly steps: number;
  /** First time, above 0, at most 1. Default 1. Below e⁻²/(1 + e⁻²) ≈ 0.119 the times would rise, which is an error. */
  readonly timeMax?: number | undefined;
}): Float64Array {
  const steps = checkSteps(options.steps);
  const timeMax = checkNumber("timeMax", options.timeMax ?? 1, { above: 0, max: 1 });
  const first = timeMax < 1 ? Math.log((1 - timeMax) / timeMax + 1e-6) : -6;
  if (first >= 2 && steps > 1) {
    throw new FoleyError("invalid-argument", `timeMax is ${timeMax}; the log-SNR schedule ends its last step at 0.119.`, {
      hint: "Use a timeMax of at least 0.12, one step, or linear times.",
    });
  }
  const times = Float64Array.from({ length: steps + 1 }, (_, i) => 1 / (1 + Math.exp(first + (i / steps) * (2 - first))));
  times[0] = timeMax;
  times[steps] = 0;
  return times;
}

/** Bends times towards 1 for longer latents (stable-audio-tools `DistributionShift`; Esser et al. 2024, §5.3.2). */
export function shiftTimes(
  times: ArrayLike<number>,
  options: {
    /** Number of latents. */
    readonly length: number;
    /** Shift at `minLength`. Default 0.5. */
    readonly baseShift?: number | undefined;
    /** Shift at `maxLength`. Default 1.15. */
    readonly maxShift?: number | undefined;
    /** Default 256; shorter latents are shifted as this. */
    readonly minLength?: number | undefined;
    /** Default 4096; longer latents are shifted as this. */
    readonly maxLength?: number | undefined;
    /** Apply sin(πt/2) afterwards. Default false. */
    readonly sine?: boolean | undefined;
  },
): Float64Array {
  const minLength = checkNumber("minLength", options.minLength ?? 256, { min: 1 });
  const maxLength = checkNumber("maxLength", options.maxLength ?? 4096, { above: minLength });
  const baseShift = checkNumber("baseShift", options.baseShift ?? 0.5);
  const maxShift = checkNumber("maxShift", options.maxShift ?? 1.15);
  const length = Math.min(Math.max(checkNumber("length", options.length, { min: 1 }), minLength), maxLength);
  const factor = Math.exp(-(baseShift + ((maxShift - baseShift) * (length - minLength)) / (maxLength - minLength)));
  return Float64Array.from(times, (time, i) => {
    const t = checkNumber(`times[${i}]`, time, { min: 0, max: 1 });
    const shifted = 1 - factor / (factor + (1 / (1 - t) - 1));
    return options.sine ? Math.sin((shifted * Math.PI) / 2) : shifted;
  });
}

function checkRange(options: SigmaRange): { steps: number; sigmaMin: number; sigmaMax: number } {
  const steps = checkSteps(options.steps);
  const sigmaMin = checkNumber("sigmaMin", options.sigmaMin ?? DEFAULT_SIGMA_MIN, { above: 0 });
  const sigmaMax = checkNumber("sigmaMax", options.sigmaMax ?? DEFAULT_SIGMA_MAX, { above: steps > 1 ? sigmaMin : 0 });
  return { steps, sigmaMin, sigmaMax };
}

/** `level` at 0, 1/(n−1), …, 1 (at 0 alone for one step), then 0. */
function withZero(steps: number, level: (ramp: number) => number): Float64Array {
  return Float64Array.from({ length: steps + 1 }, (_, i) => (i === steps ? 0 : level(steps === 1 ? 0 : i / (steps - 1))));
}
