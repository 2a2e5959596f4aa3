/**
 * Neural networks as graph values: ops with gradients, layers, passes, ONNX in and out.
 * @module
 */
export { evaluate } from "./evaluate.js";
export { type AttentionOptions, attention } from "./layers/attention.js";
export { feedForward, gatedFeedForward, quickGelu, tanhGelu } from "./layers/feed-forward.js";
export { layerNorm } from "./layers/layer-norm.js";
export { linear, queryKeyValue } from "./layers/linear.js";
export { type MaskedAttentionOptions, maskedAttention } from "./layers/masked-attention.js";
export { type PackedAttentionOptions, packedAttention } from "./layers/packed-attention.js";
export { type PackedBlockOptions, packedBlock } from "./layers/packed-block.js";
export { headRmsNorm, rmsNorm } from "./layers/rms-norm.js";
export { type RotaryTables, rotary, rotaryTables } from "./layers/rotary.js";
export { graphFromOnnx, type ImportedGraph, type OnnxReadOptions } from "./onnx/read.js";
export type { ExternalData } from "./onnx/read-tensor.js";
export { type ExternalLocation, type OnnxOptions, toOnnx } from "./onnx/write.js";
export type { Array64 } from "./ops/definition.js";
export * as ops from "./ops/functions.js";
export { type Converted, checkPrecision, convert, PRECISIONS, type Precision, type PrecisionPlan } from "./passes/convert.js";
export { decompose } from "./passes/decompose.js";
export { countNodes, describe, flopsOf, type GraphDescription } from "./passes/describe.js";
export { differentiate, gradientName } from "./passes/differentiate.js";
export { FLOAT16_ISLANDS, type Float16Island } from "./passes/float16-islands.js";
export { type Hoisted, hoist } from "./passes/hoist.js";
export { inline } from "./passes/inline.js";
export { print } from "./passes/print.js";
export { rewrite } from "./passes/rewrite.js";
export { simplify } from "./passes/simplify.js";
export { splice } from "./passes/splice.js";
export { stages } from "./passes/stages.js";
export { constant, float, graph, input, named, node, nodesOf, parameter, parametersOf, valuesOf } from "./value.js";
