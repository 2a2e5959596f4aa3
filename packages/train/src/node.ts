/**
 * Training on Node: stages, datasets, checkpoints.
 * @module
 */
export { CHECKPOINT_FILE, readTensors, restoreCheckpoint, saveCheckpoint } from "./node/checkpoint.js";
export {
  datasetSound,
  normalisedPixels,
  openDataset,
  type PrepareOptions,
  prepareLatents,
  prepareVideoTokens,
  REVOICED_SHARE,
  type SceneDataset,
} from "./node/dataset.js";
export { fitComponents } from "./node/fit-components.js";
export { runTraining, type TrainingRun } from "./node/loop.js";
export {
  CLIP_FRAMES,
  CLIP_SECONDS,
  DEFAULT_PLAN,
  runStage,
  STAGES,
  type Stage,
  type StageOptions,
  sceneBackboneConfig,
  stageWeights,
  type TrainingPlan,
  trainedBridgeConfig,
  VIDEO_DROP,
} from "./node/stages.js";
