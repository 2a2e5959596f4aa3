/**
 * Training on Node: stages, datasets, checkpoints.
 * @module
 */
export { BRIDGE_FILE, type BridgeTraining, type TrainBridgeOptions, trainBridge } from "./node/bridge/train-bridge.js";
export type { MakeBridgeSamples } from "./node/bridge-samples.js";
export { CHECKPOINT_FILE, readTensors, restoreCheckpoint, saveCheckpoint } from "./node/checkpoint.js";
export { type DataParallelOptions, type DataParallelRuntimes, dataParallelRuntimes } from "./node/data-parallel.js";
export {
  datasetSound,
  openDataset,
  type PrepareOptions,
  prepareLatents,
  prepareVideoTokens,
  REVOICED_SHARE,
  type SceneDataset,
} from "./node/dataset.js";
export { fitComponents } from "./node/fit-components.js";
export { runTraining, type TrainingProgress, type TrainingRun, VALIDATE_EVERY } from "./node/loop.js";
export { exportTar } from "./node/prepare/export-tar.js";
export type { FeatureParts } from "./node/prepare/parts.js";
export {
  PREPARE_DEFAULTS,
  type PrepareDatasetOptions,
  type PrepareProgress,
  type PrepareReport,
  prepareDataset,
} from "./node/prepare/prepare.js";
export {
  openPreparedDataset,
  type PreparedClip,
  type PreparedDataset,
  type PreparedDatasetOptions,
} from "./node/prepare/prepared-dataset.js";
export { type DatasetReport, REPORT_QUANTILES, reportDataset } from "./node/prepare/report.js";
export { type SourceOptions, VIDEO_EXTENSIONS } from "./node/prepare/sources.js";
export { trainingClips } from "./node/prepare/training-clips.js";
export { RUN_FILE } from "./node/run-description.js";
export { REPORT_FILE, writeRunReport } from "./node/run-report.js";
export { type MakeSamples, SAMPLES_FOLDER, type SampleRequest, type TrainingSample } from "./node/samples.js";
export { BRIDGE_DROP, trainedBridgeConfig } from "./node/stages/bridge.js";
export { DEFAULT_PLAN, type TrainingPlan } from "./node/stages/plan.js";
export { runStage } from "./node/stages/run.js";
export {
  CLIP_FRAMES,
  CLIP_SECONDS,
  STAGES,
  type Stage,
  type StageOptions,
  sceneBackboneConfig,
  stageWeights,
} from "./node/stages/stage.js";
