/**
 * Safetensors and PyTorch checkpoints through a reader: strict reading, deterministic writing. Files are in `/node`, blobs and
 * URLs in `/web`.
 * @module
 */
export { type CheckParametersOptions, checkParameters, type ExpectedParameter } from "./check.js";
export { type CheckpointFormat, type OpenCheckpointOptions, openCheckpointReader } from "./checkpoint.js";
export type { SafetensorsDType } from "./dtype.js";
export type { TensorEntry } from "./entry.js";
export { type ExpectedFile, metadataJson } from "./metadata.js";
export { OPEN_CLIP_FILES, type OpenClipConfig, readOpenClipConfig } from "./open-clip.js";
export {
  type OpenPytorchOptions,
  openPytorchReader,
  type PytorchCheckpoint,
  type SelectTensorsOptions,
} from "./pytorch/open.js";
export type { TensorGroup } from "./pytorch/select.js";
export {
  type CheckpointDictionary,
  type CheckpointStorage,
  type CheckpointTensor,
  type CheckpointValue,
  isDictionary,
  isTensor,
  type PythonGlobal,
  type PythonObject,
} from "./pytorch/values.js";
export { type LazySafetensors, openSafetensorsReader, parseSafetensors, type Safetensors } from "./read.js";
export { type ByteReader, memoryReader } from "./reader.js";
export {
  chooseLayout,
  type FileLayout,
  type FoundFiles,
  type ModelFiles,
  type NamedModel,
  type NamedPart,
  type PublishedModel,
  type Release,
  safetensorsFiles,
} from "./release.js";
export { folderOfFile, nameOfFile, type ReleaseFiles } from "./release-files.js";
export { countNumbered, type NamedWeights, shapeOf } from "./shapes.js";
export type { LazyTensors, LoadedTensors } from "./tensors.js";
export { checkTokeniserFile } from "./tokeniser-file.js";
export { type NamedTensors, writeSafetensors } from "./write.js";
