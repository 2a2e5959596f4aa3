/**
 * What the runtimes of `/node` and `/web` have in common.
 * @module
 */
export type { DisposableExecutable, DisposableRuntime } from "./shared/host.js";
export { slownessOf } from "./slowness.js";
export { DEFAULT_STAGE_BYTES, loadInStages, type StageOptions } from "./staged.js";
