/**
 * Diffusion noise schedules, solvers and guidance as pure functions over latents.
 * @module
 */
export { type GuidedPrediction, vDdim, vDdimCfgpp } from "./ddim.js";
export { type DpmRange, dpmAdaptive, dpmFast } from "./dpm-solver.js";
export { dpmpp2m, dpmpp2mSde, dpmpp3mSde } from "./dpmpp.js";
export { flowDpmpp, flowEuler, flowPingPong, flowRk4 } from "./flow.js";
export {
  type BranchEvaluator,
  combineGuidance,
  DEFAULT_TEXT_SCALE,
  type GuidanceBranch,
  type GuidanceOptions,
  type GuidanceScales,
  type Guided,
  guidanceWeights,
  guide,
  rescaleGuidance,
} from "./guidance.js";
export { type Inpainting, type InpaintOptions, type InpaintRange, inpaint, inpaintMask } from "./inpaint.js";
export {
  karrasDpm2,
  karrasDpmpp2sAncestral,
  karrasEuler,
  karrasEulerAncestral,
  karrasHeun,
  karrasLms,
} from "./karras.js";
export { type LatentArray, type MaybePromise, weightedSum } from "./latents.js";
export {
  alphaSigma,
  type Denoise,
  sigmaToTime,
  timeToSigma,
  type Velocity,
  vDenoiser,
  vScalings,
} from "./objective.js";
export {
  DDIM_SOLVERS,
  DEFAULT_SOLVER,
  DEFAULT_STEPS,
  FLOW_SOLVERS,
  type SampleOptions,
  SIGMA_SOLVERS,
  type SolverName,
  sample,
  solverLevels,
} from "./sample.js";
export {
  DEFAULT_KARRAS_RHO,
  DEFAULT_RHO,
  DEFAULT_SIGMA_MAX,
  DEFAULT_SIGMA_MIN,
  exponentialSigmas,
  karrasSigmas,
  linearTimes,
  logSnrTimes,
  polyexponentialSigmas,
  type SigmaRange,
  shiftTimes,
  vpSigmas,
} from "./schedules.js";
export { type NoiseSource, type SolverOptions, type SolverStep, type StochasticOptions, seededNoise } from "./solver.js";
