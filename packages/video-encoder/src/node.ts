/**
 * Released video encoders, read in place from disk.
 * @module
 */
export { type OpenVideoEncoderOptions, VIDEO_ENCODER_OPENERS } from "./node/openers.js";
export { VJEPA2_NETWORKS, type Vjepa2Options, vjepa2 } from "./node/vjepa2.js";
