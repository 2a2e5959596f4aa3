/** Loading ahead what writes. */

/**
 * Loads the encoders and muxers, 1.4 MB of script, which otherwise come when something is written for the first time: for pages that must write
 * without a network.
 */
export async function loadEncoders(): Promise<void> {
  await Promise.all([import("./writers.js"), import("../audio/flac-file.js"), import("@mediabunny/aac-encoder")]);
}
