/**
 * Released video encoders, read in place from disk.
 * @module
 */

export { type ClipOptions, clip } from "./node/clip.js";
export { type OpenVideoEncoderOptions, VIDEO_ENCODER_OPENERS } from "./node/openers.js";
export { pictures } from "./node/pictures.js";
export { VJEPA2_NETWORKS, type Vjepa2Options, vjepa2 } from "./node/vjepa2.js";
