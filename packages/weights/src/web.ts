/**
 * Safetensors and PyTorch checkpoints from blobs, URLs and bytes.
 * @module
 */

export type { FileWeights } from "./web/file-weights.js";
export { type GivenFile, givenFiles } from "./web/given-files.js";
export { type LoadSafetensorsOptions, loadSafetensors, openCheckpoint, openSafetensors, openWeights } from "./web/open.js";
