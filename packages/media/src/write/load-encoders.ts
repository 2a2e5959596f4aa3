/** Loading what writes, when it is used or ahead. */
import type { Writers } from "../read/open.js";

/**
 * Loads the encoders and muxers, 1.4 MB of script, which otherwise come when something is written for the first time: for pages that must write
 * without a network.
 */
export async function loadEncoders(): Promise<void> {
  await Promise.all([loadWriters(), loadFlac()]);
}

/** Loads what writes videos. */
export async function loadWriters(): Promise<void> {
  await Promise.all([writers(), import("@mediabunny/aac-encoder")]);
}

/** Loads what writes FLAC. */
export async function loadFlac(): Promise<void> {
  await import("../audio/flac-file.js");
}

/** Muxers and what encodes for them: a page has them when it writes. */
export const writers = (): Promise<Writers> => import("./writers.js");
