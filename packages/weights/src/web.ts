/**
 * Safetensors and PyTorch checkpoints from blobs, URLs and bytes.
 * @module
 */

export { type LoadSafetensorsOptions, loadSafetensors, openCheckpoint, openSafetensors } from "./web/open.js";
