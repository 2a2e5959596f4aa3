/**
 * Safetensors from blobs, URLs and bytes.
 * @module
 */

export { type LoadSafetensorsOptions, loadSafetensors, openSafetensors } from "./web/open.js";
export { blobReader, urlReader } from "./web/readers.js";
