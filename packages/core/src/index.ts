/**
 * Typed tensors, contracts, random numbers, errors and progress events: what every other package stands on.
 * @module
 */
export type * from "./contracts/index.js";
export { FoleyError, type FoleyErrorCode } from "./errors.js";
export { type Failure, fromFailure, toFailure } from "./failure.js";
export { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from "./float16.js";
export type * from "./graph-value.js";
export { INT8_ZERO, quantisedBytes } from "./int8-blocks.js";
export { type JsonCheck, json, type ParseJsonOptions, parseJson } from "./json.js";
export { memoryParameters, mergeParameters, parameterTensor } from "./parameters.js";
export type { ProgressEvent, ProgressListener } from "./progress.js";
export { createRandom, normalArray, philox4x32, type Random, type StreamPart, uniformArray } from "./random.js";
export { assertHas, assertKind, shown } from "./shown.js";
export {
  type AudioLatents,
  type Axes,
  assertShape,
  BYTES_PER_ELEMENT,
  bytesOf,
  concatBytes,
  type DType,
  type DTypeOfData,
  elementCount,
  type Shape,
  sameShape,
  type Tensor,
  type TensorData,
  type TextTokens,
  tensor,
  typedArrayOf,
  type VideoTokens,
  type Waveform,
} from "./tensor.js";
export { parseTime } from "./time.js";
export type { Warning, WarningCode, WarningValues } from "./warning.js";
