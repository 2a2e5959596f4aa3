/**
 * How the times of a rectified flow are bent, so that more steps go where a sound of some length takes shape (stable-audio-3
 * `inference/distribution_shift.py`): backbones say it, and the sampler computes it. Times are 1 for noise; 0 and 1 stay.
 */

/** One way to bend times. */
export type TimeShift = LogSnrShift | ExponentialShift | RationalShift;

/** Even steps in the log signal-to-noise ratio, from `anchor − rate·log₂(length / anchorLength)` at 1 to `end` at 0. */
export interface LogSnrShift {
  /** Tells the ways apart. */
  readonly kind: "log-snr";
  /** Ratio at time 1 for `anchorLength` latents. Default −6.2. */
  readonly anchor?: number | undefined;
  /** Ratio at time 0. Default 2. */
  readonly end?: number | undefined;
  /** How much the ratio at time 1 falls with each doubling of the length. Default 0. */
  readonly rate?: number | undefined;
  /** Latents. Default 2000. */
  readonly anchorLength?: number | undefined;
  /** Latents of the sound. Default `anchorLength`. */
  readonly length?: number | undefined;
}

/** Towards 1 for longer sounds (Esser et al. 2024, §5.3.2), with a shift that grows with the length between two lengths. */
export interface ExponentialShift {
  /** Tells the ways apart. */
  readonly kind: "exponential";
  /** Shift at `minLength`. Default 0.5. */
  readonly baseShift?: number | undefined;
  /** Shift at `maxLength`. Default 1.15. */
  readonly maxShift?: number | undefined;
  /** Latents. Default 256; shorter sounds are shifted as this. */
  readonly minLength?: number | undefined;
  /** Latents. Default 4096; longer sounds are shifted as this. */
  readonly maxLength?: number | undefined;
  /** Whether sin(πt/2) follows. Default false. */
  readonly sine?: boolean | undefined;
  /** Latents of the sound. Default `minLength`. */
  readonly length?: number | undefined;
}

/** α·t / (1 + (α − 1)·t) with an α that grows between two lengths, evenly in the logarithms of both. */
export interface RationalShift {
  /** Tells the ways apart. */
  readonly kind: "rational";
  /** α at `minLength`. Default 1. */
  readonly alphaMin?: number | undefined;
  /** α at `maxLength`. Default 1. */
  readonly alphaMax?: number | undefined;
  /** Latents. Default 256. */
  readonly minLength?: number | undefined;
  /** Latents. Default 4096. */
  readonly maxLength?: number | undefined;
  /** Latents of the sound. Default `minLength`. */
  readonly length?: number | undefined;
}
