/**
 * The runtime for Node: `onnxruntime-node` in a worker thread.
 * @module
 */
export { defaultNodeRuntimeOptions, type NodeRuntimeOptions, nodeRuntime } from "./node/runtime.js";
export type { DisposableExecutable, DisposableRuntime } from "./shared/host.js";
