/**
 * Foley Control in pages: clips from Blobs, bytes out, on wasm or WebGPU.
 * @module
 */
export * from "./index.js";
export { createFoley, type WebFoleyOptions } from "./web/create.js";
