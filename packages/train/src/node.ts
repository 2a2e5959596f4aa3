/**
 * Training on Node: stages, datasets, checkpoints.
 * @module
 */
export { type ClipChoice, heldOutBatches } from "./node/bridge/bridge-batches.js";
export {
  BRIDGE_FILE,
  type BridgeTraining,
  type MakeBridgeSamples,
  type TrainBridgeOptions,
  trainBridge,
} from "./node/bridge/train-bridge.js";
export { type DataParallelOptions, type DataParallelRuntimes, dataParallelRuntimes } from "./node/data-parallel.js";
export { runTraining, type TrainingProgress, type TrainingRun } from "./node/loop.js";
export { exportTar } from "./node/prepare/export-tar.js";
export type { FeatureParts } from "./node/prepare/parts.js";
export { type PrepareDatasetOptions, type PrepareProgress, type PrepareReport, prepareDataset } from "./node/prepare/prepare.js";
export {
  openPreparedDataset,
  type PreparedClip,
  type PreparedDataset,
  type PreparedDatasetOptions,
} from "./node/prepare/prepared-dataset.js";
export { type DatasetReport, REPORT_QUANTILES, reportDataset } from "./node/prepare/report.js";
export type { SceneSource } from "./node/prepare/scene-source.js";
export { captionBeside, type SourceOptions, VIDEO_EXTENSIONS } from "./node/prepare/sources.js";
export { type ReadRecordingsOptions, readRecordings } from "./node/recordings/read-recordings.js";
export { REPORT_FILE, writeRunReport } from "./node/run-report.js";
export type { MakeSamples, SampleRequest, TrainingSample } from "./node/samples.js";
export { DEFAULT_PLAN, type TrainingPlan } from "./node/stages/plan.js";
export { runStage } from "./node/stages/run.js";
export { CLIP_SECONDS, STAGES, type Stage, type StageOptions, stageConfig, stageWeights } from "./node/stages/stage.js";
