/**
 * Typed tensors, contracts, random numbers, errors and progress events: what every other package stands on.
 * @module
 */
export type * from "./contracts.js";
export { FoleyError, type FoleyErrorCode } from "./errors.js";
export type * from "./graph-value.js";
export type { ProgressEvent, ProgressListener } from "./progress.js";
export { createRandom, normalArray, philox4x32, type Random, type StreamPart, uniformArray } from "./random.js";
export type { AudioLatents, Axes, DType, Shape, Tensor, TensorData, TextTokens, VideoTokens, Waveform } from "./tensor.js";
