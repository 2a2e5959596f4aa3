/**
 * Foley Control on Node: clips by path, files out, the embedded model.
 * @module
 */
export * from "./index.js";
export { createFoley, type NodeFoleyOptions } from "./node/create.js";
export { type FolderStoreOptions, folderStore, keptFolder } from "./node/folder-store.js";
export type { NodeTake } from "./node/take.js";
