/**
 * Foley Control in pages: clips from Blobs, bytes out, on wasm or WebGPU.
 * @module
 */
export * from "./index.js";
export { type BrowserScratchOptions, browserScratch } from "./web/browser-scratch.js";
export { type BrowserStoreOptions, browserStore } from "./web/browser-store.js";
export { createFoley, type WebFoleyOptions } from "./web/create.js";
