/**
 * Safetensors from blobs, URLs and bytes.
 * @module
 */
export { blobReader, urlReader } from "./web/readers.js";
export { type LoadSafetensorsOptions, loadSafetensors, openSafetensors } from "./web/open.js";
