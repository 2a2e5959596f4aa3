/**
 * Diffusion noise schedules, solvers and guidance as pure functions over latents.
 * @module
 */
export {
  type BranchEvaluator,
  DEFAULT_TEXT_SCALE,
  type GuidanceBranch,
  type GuidanceOptions,
  type GuidanceScales,
  type Guided,
  guide,
} from "./guidance.js";
export { type HoldOptions, hold } from "./hold.js";
export { type Inpainting, type InpaintOptions, type InpaintRange, inpaint, inpaintMask } from "./inpaint.js";
export type { LatentArray, MaybePromise } from "./latents.js";
export type { LevelKind, ScheduleOptions } from "./levels.js";
export { alphaSigma, sigmaToTime, type Velocity, vScalings } from "./objective.js";
export { type SampleOptions, type SolverChoice, sample } from "./sample.js";
export {
  DEFAULT_KARRAS_RHO,
  DEFAULT_RHO,
  DEFAULT_SIGMA_MAX,
  DEFAULT_SIGMA_MIN,
  DEFAULT_STEPS,
  exponentialSigmas,
  karrasSigmas,
  linearTimes,
  logSnrTimes,
  polyexponentialSigmas,
  type SigmaRange,
  shiftTimes,
  vpSigmas,
} from "./schedules.js";
export {
  type GuidedPrediction,
  type NoiseSource,
  type RunOptions,
  type SolverOptions,
  type SolverStep,
  seededNoise,
} from "./solver.js";
export { DEFAULT_SOLVER, SOLVERS, type Solver, solverNames } from "./solvers.js";
export { bentTimes } from "./time-shift.js";
