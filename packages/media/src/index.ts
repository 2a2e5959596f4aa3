/**
 * Media in any world: frames at exact times, sound in and out, a mux that copies the picture bit for bit.
 * @module
 */
export * from "./everywhere.js";
export { openMedia } from "./open-media.js";
export { loadEncoders } from "./write/load-encoders.js";
