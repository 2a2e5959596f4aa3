/**
 * Media in Node: files by path, decoding by `@mediabunny/server` or by `ffmpeg`, files that appear whole or not at all.
 * @module
 */
export * from "./index.js";
export type { NodeBackend } from "./node/backend-name.js";
export type { EncodeVideoInput, EncodeVideoOptions } from "./node/encode-input.js";
export { type EncodedVideo, encodeVideo } from "./node/encode-video.js";
export {
  type NodeMediaFile,
  type NodeMediaSource,
  type NodeOpenOptions,
  openMedia,
} from "./node/open-media.js";
export { prepareReading, probe, readAudio } from "./node/read.js";
export { type SaveSoundOptions, saveSound, soundExtension } from "./node/save-sound.js";
