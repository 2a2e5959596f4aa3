/**
 * Training of codec, denoiser, video encoder and bridge: objectives, the train-step graph, the trainer.
 * @module
 */
export { type EncodedScenes, type EncodeScenesOptions, encodeScenes, type SceneBatchOptions } from "./encoded-scenes.js";
export { initialise, initialValue } from "./initialise.js";
export {
  binaryCrossEntropy,
  crossEntropy,
  flowObjective,
  meanOf,
  meanSquaredError,
  stratifiedTimes,
  vObjective,
} from "./objective.js";
export {
  codecBatch,
  contactTargets,
  HELD_OUT_SEED,
  loudnessTargets,
  placeTargets,
  videoEncoderBatch,
  videoEncoderScenes,
} from "./scene-batches.js";
export { cosineWithWarmUp, inverseWithWarmUp } from "./schedule.js";
export { bridgeLoss } from "./stages/bridge.js";
export { codecLoss, isSharpening } from "./stages/codec.js";
export { denoiserLoss } from "./stages/denoiser.js";
export { type DiffusionLossOptions, diffusionLoss } from "./stages/diffusion.js";
export { jacobi, leadingEigenvectors, momentsGraph } from "./stages/principal-components.js";
export { BINS_PER_TOKEN, patchesPerClip, placeSize, tubeletBasis, videoEncoderLoss } from "./stages/video-encoder.js";
export { ADAMW_DEFAULTS, type AdamWOptions, stateNames, trainStep } from "./train-step.js";
export { createTrainer, type StepReport, type Trainer, type TrainerOptions } from "./trainer.js";
