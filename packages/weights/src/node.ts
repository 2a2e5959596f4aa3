/**
 * Safetensors files and PyTorch checkpoints on disk: parameters as byte ranges of the file, atomic writing.
 * @module
 */

export {
  type CachedFile,
  type CachedModel,
  type CachedRevision,
  listCachedModels,
  planRemoval,
  type Removal,
  type VerifiedFile,
  verifyCachedRevision,
} from "./hub/cache.js";
export { type FetchModelOptions, fetchModel, type LocalModel } from "./hub/fetch-model.js";
export { type ModelReference, parseModelReference } from "./hub/reference.js";
export { type Environment, type HubSettings, hubSettings } from "./hub/settings.js";
export { checkWeights, summariseWeights, type WeightsPart, type WeightsSummary } from "./hub/summary.js";
export { diskFiles, slashed } from "./node/disk-files.js";
export { openSafetensors, type SafetensorsFile } from "./node/open.js";
export { type CheckpointFile, openCheckpoint } from "./node/open-checkpoint.js";
export { openPytorch, type PytorchFile } from "./node/open-pytorch.js";
export { readParameter, weightsDigest } from "./node/parameter.js";
export type { TensorFile } from "./node/tensor-file.js";
export { writeSafetensorsFile } from "./node/write-file.js";
