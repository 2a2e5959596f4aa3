/**
 * Training of codec, denoiser, video encoder and bridge: objectives, plans, the trainer.
 * @module
 */

export { BRIDGE_PLAN_ENTRIES, type BridgePlan, changeBridgePlan, defaultBridgePlan } from "./bridge-plan.js";
export type { ClipSound, SoundEvent } from "./clip-sound.js";
export {
  type ClipOutcome,
  type ClipRow,
  HELD_OUT_SPLIT,
  PREPARED_FORMAT,
  type PreparedManifest,
  type ShardPlace,
} from "./data/clip-row.js";
export type { ClipEvidence, ClipScorer } from "./data/clip-scorer.js";
export type { Funnel, FunnelStep } from "./data/funnel.js";
export { type ClipScores, type CurationRule, parseRule } from "./data/rules.js";
export type { VideoDrop } from "./drop-video.js";
export { gradientStep } from "./gradient-step.js";
export { initialise } from "./initialise.js";
export {
  LOG_FILES,
  parseLines,
  type SampleLine,
  type SamplesLine,
  type StepLine,
  type ValidationLine,
} from "./log/lines.js";
export { soundOnsets } from "./log/sync-score.js";
export { flowObjective, meanSquaredError, vObjective } from "./objective.js";
export { flatten, type ParameterLayout, parameterLayout, unflatten } from "./parameter-layout.js";
export type { Recording, RecordingEntry, Recordings } from "./recordings/recording.js";
export { type Emphasis, HELD_OUT_SEED } from "./scene-draws.js";
export type { AverageRule, LearningRate } from "./schedule.js";
export {
  SOUND_SHARES,
  type SoundClip,
  type SoundKind,
  type SoundOf,
  type SoundShares,
  type SoundSourceOptions,
  soundSource,
} from "./sound-of.js";
export { type BridgeBatchSize, bridgeLoss } from "./stages/bridge.js";
export { type DiffusionLossOptions, diffusionLoss } from "./stages/diffusion.js";
export type { LogitNormal, TimeSampling } from "./times.js";
export { createTrainer, type StepReport, type Trainer, type TrainerOptions } from "./trainer.js";
export type { AdamWOptions } from "./update-step.js";
export { type LossValidation, lossValidation, type MeasureLosses } from "./validation.js";
