/**
 * The runtime for pages: `onnxruntime-web` in a module worker, on wasm or WebGPU.
 * @module
 */
export type { DisposableExecutable, DisposableRuntime } from "./shared/host.js";
export { defaultWebRuntimeOptions, type WebRuntimeOptions, webRuntime } from "./web/runtime.js";
