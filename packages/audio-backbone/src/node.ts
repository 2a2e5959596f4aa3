/**
 * Backbones from folders on disk.
 * @module
 */
export { type StableAudioOpenOptions, stableAudioOpen } from "./stable-audio/release-folder.js";
