/** The noise levels that solvers walk: which there are by default, and what latents look like at one of them. */
import type { TimeShift } from "@foley-control/core";
import { checkLevels, checkNumber } from "./check.js";
import { alphaSigma } from "./objective.js";
import { linearTimes, logSnrTimes, polyexponentialSigmas } from "./schedules.js";
import { bentTimes } from "./time-shift.js";

/** What the levels of a schedule depend on. */
export interface ScheduleOptions {
  /** At least 1. Model evaluations for "k-dpm-fast"; not used by "k-dpm-adaptive". Default `DEFAULT_STEPS`. */
  readonly steps?: number | undefined;
  /** Last sigma before 0, of solvers on sigmas. Default `DEFAULT_SIGMA_MIN`. */
  readonly sigmaMin?: number | undefined;
  /**
   * First noise level: a sigma for solvers on sigmas (default `DEFAULT_SIGMA_MAX`), a time for the others (default 1; more counts as 1).
   * Lower it to keep more of `start`.
   */
  readonly sigmaMax?: number | undefined;
  /** Exponent of the schedule of solvers on sigmas. Default `DEFAULT_RHO`. */
  readonly rho?: number | undefined;
  /** How even times are bent, of solvers for rectified flow. Default: as the solver's table says. */
  readonly shift?: TimeShift | undefined;
}

/** Kind of the levels that a solver walks. */
export type LevelKind = "sigmas" | "angles" | "log-snr-times" | "linear-times";

interface Levels {
  /** `steps` + 1 levels that fall to 0. */
  schedule(options: ScheduleOptions & { readonly steps: number }): Float64Array;
  /** Throws unless a solver can walk these. */
  check(levels: ArrayLike<number>): void;
  /** Factors on clean latents and on noise that make the latents at a level. */
  mixture(level: number): readonly [clean: number, noise: number];
  /** Factor on noise from which sampling starts when there are no latents to vary. */
  spread(level: number): number;
}

const checkTimes = (times: ArrayLike<number>): void => {
  checkLevels("times", times);
  checkNumber("times[0]", times[0] as number, { max: 1 });
};
const timeMax = ({ sigmaMax = 1 }: ScheduleOptions): number => Math.min(checkNumber("sigmaMax", sigmaMax, { above: 0 }), 1);
const flowTimes = (usual: typeof linearTimes): Levels => ({
  schedule({ steps, shift, ...options }) {
    const range = { steps, timeMax: timeMax(options) };
    return shift ? bentTimes(shift, range) : usual(range);
  },
  check: checkTimes,
  mixture: (time) => [1 - time, time],
  spread: () => 1,
});

/**
 * The kinds of levels. With sigmas, latents are x₀ + σ·ε; with angles, cos(πt/2)·x₀ + sin(πt/2)·ε; with the times of rectified flow,
 * (1 − t)·x₀ + t·ε, by default equally spaced in their log signal-to-noise ratio or in themselves.
 */
export const LEVELS: Readonly<Record<LevelKind, Levels>> = {
  sigmas: {
    schedule: polyexponentialSigmas,
    check: (sigmas) => checkLevels("sigmas", sigmas),
    mixture: (sigma) => [1, sigma],
    spread: (sigma) => sigma,
  },
  angles: {
    schedule: (options) => linearTimes({ steps: options.steps, timeMax: timeMax(options) }),
    check: checkTimes,
    mixture: (time) => {
      const { alpha, sigma } = alphaSigma(time);
      return [alpha, sigma];
    },
    spread: () => 1,
  },
  "log-snr-times": flowTimes(logSnrTimes),
  "linear-times": flowTimes(linearTimes),
};
