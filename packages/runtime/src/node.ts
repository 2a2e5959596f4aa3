/**
 * The runtime for Node: `onnxruntime-node` in a worker thread.
 * @module
 */
export { defaultNodeRuntimeOptions, nodeRuntime, type NodeRuntimeOptions } from "./node/runtime.js";
export type { DisposableExecutable, DisposableRuntime } from "./shared/host.js";
