/**
 * Foley Control joined: video and prompt in, synchronised sound out.
 * @module
 */
export { checkRequest } from "./clip/request.js";
export type { Span } from "./clip/span.js";
export { createFoley, type FoleyOptions } from "./create.js";
export type { Foley } from "./foley.js";
export type { FindEventsOptions, FoundEvents } from "./generate/find-events.js";
export type { PrepareOptions } from "./generate/prepare.js";
export type { SoundPiece, SoundSummary } from "./generate/stream.js";
export { DEFAULT_KEPT_BYTES, type WindowStore } from "./kept/store.js";
export {
  DEFAULT_GUIDANCE_SCALE,
  DEFAULT_SEED,
  DEFAULT_VIDEO_STRENGTH,
  type GenerateOptions,
  type GenerateSettings,
  type KnownSound,
  type TimeRange,
} from "./options.js";
export type { FoleyParts } from "./parts.js";
export { DEFAULT_SCRATCH_BYTES, type ScratchShape, type ScratchWriter, type SoundScratch, type StoredSound } from "./scratch.js";
export {
  DEFAULT_SAVE_BITS,
  DEFAULT_SAVE_RATE,
  type GenerateTimes,
  type SoundFileOptions,
  type Take,
  type TakeDiagnostics,
  type VideoFileOptions,
} from "./take.js";
