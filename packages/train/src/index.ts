/**
 * Training of codec, denoiser, video encoder and bridge: objectives, the train-step graph, the trainer.
 * @module
 */

export { BRIDGE_PLAN_ENTRIES, type BridgePlan, changeBridgePlan, defaultBridgePlan } from "./bridge-plan.js";
export {
  type ClipOutcome,
  type ClipRow,
  PREPARED_FORMAT,
  type PreparedManifest,
  type ShardPlace,
} from "./data/clip-row.js";
export { type ClipEvidence, type ClipScorer, EVIDENCE_PICTURES_PER_SECOND } from "./data/clip-scorer.js";
export { type Funnel, type FunnelStep, funnel } from "./data/funnel.js";
export { CUT_THRESHOLD, PICTURE_SCORES, type PictureScorer, pictureScorer } from "./data/picture-scores.js";
export { type ClipScores, type CurationRule, defaultRules, parseRule } from "./data/rules.js";
export { type ShuffledOrder, shuffledOrder } from "./data/shuffle.js";
export { SILENCE_DB, SILENT_FRAME_DB, SOUND_SCORES, soundScores } from "./data/sound-scores.js";
export type { ClipBatch, TrainingClips } from "./data/training-clips.js";
export { dropVideo, type VideoDrop } from "./drop-video.js";
export { type EncodedScenes, type EncodeScenesOptions, encodeScenes, type SceneBatchOptions } from "./encoded-scenes.js";
export { gradientStep, PARAMETERS_INPUT } from "./gradient-step.js";
export { initialise, initialValue } from "./initialise.js";
export type { RunDescription } from "./log/description.js";
export {
  LOG_FILES,
  parseLines,
  type SampleLine,
  type SamplesLine,
  type StepLine,
  type ValidationLine,
} from "./log/lines.js";
export { ONSET_MERGE_SECONDS, type SyncScore, soundOnsets, syncScore, type TimedSound } from "./log/sync-score.js";
export {
  binaryCrossEntropy,
  crossEntropy,
  flowObjective,
  meanOf,
  meanSquaredError,
  stratifiedTimes,
  vObjective,
} from "./objective.js";
export { flatten, type ParameterLayout, parameterLayout, unflatten } from "./parameter-layout.js";
export {
  codecBatch,
  contactTargets,
  type Emphasis,
  HELD_OUT_SEED,
  loudnessTargets,
  placeTargets,
  videoEncoderBatch,
  videoEncoderScenes,
} from "./scene-batches.js";
export {
  type AverageRule,
  averageDecayAt,
  averageRule,
  cosineWithWarmUp,
  inverseWithWarmUp,
  type LearningRate,
  learningRateAt,
} from "./schedule.js";
export { type BridgeBatchSize, backboneBridgeLoss, bridgeLoss } from "./stages/bridge.js";
export { codecLoss, isSharpening } from "./stages/codec.js";
export { denoiserLoss } from "./stages/denoiser.js";
export { type DiffusionLossOptions, diffusionLoss } from "./stages/diffusion.js";
export { jacobi, leadingEigenvectors, momentsGraph } from "./stages/principal-components.js";
export { BINS_PER_TOKEN, patchesPerClip, placeSize, tubeletBasis, videoEncoderLoss } from "./stages/video-encoder.js";
export {
  drawTimes,
  type LogitNormal,
  type SobolScrambling,
  sobolPoint,
  sobolScrambling,
  TIME_SAMPLINGS,
  type TimeSampling,
  UNSCRAMBLED,
} from "./times.js";
export { trainStep } from "./train-step.js";
export { createTrainer, type StepReport, stateNames, type Trainer, type TrainerOptions } from "./trainer.js";
export {
  ADAMW_DEFAULTS,
  type AdamWOptions,
  gradientsInput,
  STATE_VECTORS,
  type StateVector,
  sumStep,
  updateStep,
} from "./update-step.js";
export { type LossValidation, lossValidation, type MeasureLosses, VALIDATION_TIMES } from "./validation.js";
