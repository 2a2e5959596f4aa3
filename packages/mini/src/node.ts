/**
 * The small model on Node: its shipped files read in place, and the packing of a new training.
 * @module
 */
export { MINI_FILES, type MiniCard, type MiniModel, type MiniPart, type MiniSource } from "./files.js";
export { type LoadMiniOptions, loadMini, miniDirectory } from "./node/load.js";
export { type PackOptions, type PackReport, packMini } from "./node/pack.js";
export { writeUntrainedMini } from "./node/untrained.js";
