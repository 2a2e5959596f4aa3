/**
 * The small model of Foley Control, trained by the project itself: its configuration and its weights.
 * @module
 */
export {
  MINI_FILES,
  MINI_FORMATS,
  type MiniCard,
  type MiniModel,
  type MiniPart,
  type MiniSource,
  miniFromSources,
} from "./files.js";
export { type LoadMiniOptions, loadMini, type MiniLocation } from "./load.js";
export { UNTRAINED_VOCABULARY, type UntrainedOptions, untrainedMini, untrainedSources } from "./untrained.js";
