/**
 * Released video encoders, read in place from disk.
 * @module
 */
export { VJEPA2_NETWORKS, type Vjepa2Options, vjepa2 } from "./node/vjepa2.js";
