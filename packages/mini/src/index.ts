/**
 * The small model of Foley Control, trained by the project itself: its configuration and its weights.
 * @module
 */
export { MINI_FILES, type MiniCard, type MiniModel, type MiniPart, type MiniSource } from "./files.js";
export { type LoadMiniOptions, loadMini, type MiniLocation } from "./load.js";
export { type UntrainedOptions, untrainedMini } from "./untrained.js";
