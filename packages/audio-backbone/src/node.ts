/**
 * Backbones from folders on disk.
 * @module
 */
export { type OpenMmaudioOptions, openMmaudio } from "./mmaudio/release-folder.js";
export { type OnnxBackboneOptions, openOnnxBackbone } from "./onnx/onnx-file.js";
export { BACKBONE_OPENERS, type OpenBackboneOptions } from "./openers.js";
export { type StableAudioOpenOptions, stableAudioOpen } from "./stable-audio/release-folder.js";
export { type StableAudio3Options, stableAudio3 } from "./stable-audio-3/release-folder.js";
export { type OpenTangofluxOptions, openTangoflux } from "./tangoflux/release-folder.js";
export { type OpenClapTextOptions, openClapText } from "./text/clap-folder.js";
