/** Every op as a function of values: what layers, gradient rules and users write. */
import { type DType, elementCount, float32ToFloat16, type GraphValue, type Shape } from "@foley-control/core";
import { constant, float, node, node1 } from "../value.js";
import { axisOf } from "./definition.js";

/** A value, or a number that becomes a scalar constant of the other operand's element type (float32 when both are numbers). */
export type Operand = GraphValue | number;

const scalar = (value: number, dtype: DType): GraphValue => {
  switch (dtype) {
    case "float32":
    case "bool":
      return float(value);
    case "float16":
      return constant(float32ToFloat16(Float32Array.of(value)), [], dtype);
    case "int64":
      return constant(BigInt64Array.of(BigInt(value)), [], dtype);
    case "int32":
      return constant(Int32Array.of(value), [], dtype);
    case "uint8":
      return constant(Uint8Array.of(value), [], dtype);
    case "int8":
      return constant(Int8Array.of(value), [], dtype);
  }
};

function operands(a: Operand, b: Operand): readonly [GraphValue, GraphValue] {
  const dtype = typeof a === "object" ? a.dtype : typeof b === "object" ? b.dtype : "float32";
  return [typeof a === "number" ? scalar(a, dtype) : a, typeof b === "number" ? scalar(b, dtype) : b];
}

const binary = (op: string, a: Operand, b: Operand): GraphValue => node1(op, operands(a, b));

/** Zeros of a shape, stored as one number. */
export const zeros = (shape: Shape, dtype: DType = "float32"): GraphValue => expand(scalar(0, dtype), shape);
/** a + b, broadcasting. */
export const add = (a: Operand, b: Operand): GraphValue => binary("Add", a, b);
/** a − b, broadcasting. */
export const subtract = (a: Operand, b: Operand): GraphValue => binary("Sub", a, b);
/** a · b, broadcasting. */
export const multiply = (a: Operand, b: Operand): GraphValue => binary("Mul", a, b);
/** a / b, broadcasting. */
export const divide = (a: Operand, b: Operand): GraphValue => binary("Div", a, b);
/** What is left of a when it is divided by b, with the sign of a, broadcasting; for numbers with a fraction. The gradient by b is where no step is. */
export const remainder = (a: Operand, b: Operand): GraphValue => binary("Mod", a, b);
/** aᵇ, broadcasting. The gradient by b needs a > 0. */
export const power = (a: Operand, b: Operand): GraphValue => binary("Pow", a, b);
/** Larger of two, broadcasting. The gradient goes to `a` where they are equal. */
export const maximum = (a: Operand, b: Operand): GraphValue => binary("Max", a, b);
/** Smaller of two, broadcasting. The gradient goes to `a` where they are equal. */
export const minimum = (a: Operand, b: Operand): GraphValue => binary("Min", a, b);
/** a == b as bool. */
export const equal = (a: Operand, b: Operand): GraphValue => binary("Equal", a, b);
/** a > b as bool. */
export const greater = (a: Operand, b: Operand): GraphValue => binary("Greater", a, b);
/** a ≥ b as bool. */
export const greaterOrEqual = (a: Operand, b: Operand): GraphValue => binary("GreaterOrEqual", a, b);
/** `condition ? a : b` per element, broadcasting. */
export const where = (condition: GraphValue, a: Operand, b: Operand): GraphValue =>
  node1("Where", [condition, ...operands(a, b)]);
/** −x. */
export const negate = (x: GraphValue): GraphValue => node1("Neg", [x]);
/** Largest whole number that is not above x; no gradient. */
export const floor = (x: GraphValue): GraphValue => node1("Floor", [x]);
/** Smallest whole number that is not below x; no gradient. */
export const ceil = (x: GraphValue): GraphValue => node1("Ceil", [x]);
/** Nearest whole number, the even one of two; no gradient. */
export const round = (x: GraphValue): GraphValue => node1("Round", [x]);
/** Whether x is no number, as bool. */
export const isNaN = (x: GraphValue): GraphValue => node1("IsNaN", [x]);
/** eˣ. */
export const exp = (x: GraphValue): GraphValue => node1("Exp", [x]);
/** Natural logarithm. */
export const log = (x: GraphValue): GraphValue => node1("Log", [x]);
/** Square root. */
export const sqrt = (x: GraphValue): GraphValue => node1("Sqrt", [x]);
/** 1/x. */
export const reciprocal = (x: GraphValue): GraphValue => node1("Reciprocal", [x]);
/** |x|; gradient 0 at 0. */
export const abs = (x: GraphValue): GraphValue => node1("Abs", [x]);
/** Sign of x: −1, 0 or 1. */
export const sign = (x: GraphValue): GraphValue => node1("Sign", [x]);
/** sin x. */
export const sin = (x: GraphValue): GraphValue => node1("Sin", [x]);
/** cos x. */
export const cos = (x: GraphValue): GraphValue => node1("Cos", [x]);
/** tan x. */
export const tan = (x: GraphValue): GraphValue => node1("Tan", [x]);
/** Angle whose sine is x. */
export const asin = (x: GraphValue): GraphValue => node1("Asin", [x]);
/** Angle whose cosine is x. */
export const acos = (x: GraphValue): GraphValue => node1("Acos", [x]);
/** Angle whose tangent is x. */
export const atan = (x: GraphValue): GraphValue => node1("Atan", [x]);
/** Hyperbolic sine. */
export const sinh = (x: GraphValue): GraphValue => node1("Sinh", [x]);
/** Hyperbolic cosine. */
export const cosh = (x: GraphValue): GraphValue => node1("Cosh", [x]);
/** Inverse of the hyperbolic sine. */
export const asinh = (x: GraphValue): GraphValue => node1("Asinh", [x]);
/** Inverse of the hyperbolic cosine. */
export const acosh = (x: GraphValue): GraphValue => node1("Acosh", [x]);
/** Inverse of the hyperbolic tangent. */
export const atanh = (x: GraphValue): GraphValue => node1("Atanh", [x]);
/** Hyperbolic tangent. */
export const tanh = (x: GraphValue): GraphValue => node1("Tanh", [x]);
/** Logistic function. */
export const sigmoid = (x: GraphValue): GraphValue => node1("Sigmoid", [x]);
/** Error function. */
export const erf = (x: GraphValue): GraphValue => node1("Erf", [x]);
/** max(x, 0). */
export const relu = (x: GraphValue): GraphValue => node1("Relu", [x]);
/** ln(1 + eˣ). */
export const softplus = (x: GraphValue): GraphValue => node1("Softplus", [x]);
/** x·Φ(x), the exact form. */
export const gelu = (x: GraphValue): GraphValue => node1("Gelu", [x]);
/** x·sigmoid(x), Hendrycks & Gimpel 2016 (SiLU). */
export const silu = (x: GraphValue): GraphValue => multiply(x, sigmoid(x));
/** x². */
export const square = (x: GraphValue): GraphValue => multiply(x, x);
/** Changes the element type. */
export const cast = (x: GraphValue, dtype: DType): GraphValue => (x.dtype === dtype ? x : node1("Cast", [x], { to: dtype }));
/** Matrix product over the last two axes, batch axes broadcast. */
export const matmul = (a: GraphValue, b: GraphValue): GraphValue => node1("MatMul", [a, b]);
/**
 * x·Wᵀ with W in int8 blocks: bytes uint8 [rows, blocks, block size], scales [rows, blocks]. `accuracyLevel` says in what ONNX Runtime
 * multiplies where it has a choice: 1 float32, 4 int8, for which it quantises x as well.
 */
export const quantisedMatmul = (x: GraphValue, values: GraphValue, scales: GraphValue, accuracyLevel: 1 | 4 = 1): GraphValue =>
  node1("MatMulNBits", [x, values, scales], { block_size: values.shape[2] as number, accuracy_level: accuracyLevel });
/** Options of {@link convolution}; a number stands for every spatial axis. */
export interface ConvolutionOptions {
  /** [out channels], added to every place. */
  readonly bias?: GraphValue | undefined;
  /** Default 1. */
  readonly stride?: number | readonly number[];
  /** Places between taps. Default 1. */
  readonly dilation?: number | readonly number[];
  /** Zeros around the input: one number, one per axis, or all beginnings and then all ends. Default 0. */
  readonly padding?: number | readonly number[];
  /** Parts that the channels fall into; each sees its own only. Default 1. */
  readonly groups?: number;
}
/** Options of {@link transposedConvolution}: those of the convolution that it is the transpose of. */
export interface TransposedConvolutionOptions extends ConvolutionOptions {
  /** Places added behind the end, which a stride leaves open. Default 0. */
  readonly outputPadding?: number | readonly number[];
}
const perAxis = (x: GraphValue, value: number | readonly number[] | undefined, fallback: number): readonly number[] =>
  typeof value === "object" ? value : x.shape.slice(2).map(() => value ?? fallback);
const geometry = (x: GraphValue, { stride, dilation, padding, groups }: ConvolutionOptions) => {
  const pads = perAxis(x, padding, 0);
  return {
    strides: perAxis(x, stride, 1),
    dilations: perAxis(x, dilation, 1),
    pads: pads.length === x.shape.length - 2 ? [...pads, ...pads] : pads,
    group: groups ?? 1,
  };
};
/** Convolution of x [batch, in, ...spatial] with a weight [out, in / groups, ...taps]; the taps are not turned over. */
export const convolution = (x: GraphValue, weight: GraphValue, options: ConvolutionOptions = {}): GraphValue =>
  node1("Conv", options.bias ? [x, weight, options.bias] : [x, weight], geometry(x, options));
/** Transpose of a convolution: x [batch, in, ...spatial], weight [in, out / groups, ...taps]; a stride makes it longer. */
export const transposedConvolution = (
  x: GraphValue,
  weight: GraphValue,
  options: TransposedConvolutionOptions = {},
): GraphValue =>
  node1("ConvTranspose", options.bias ? [x, weight, options.bias] : [x, weight], {
    ...geometry(x, options),
    output_padding: perAxis(x, options.outputPadding, 0),
  });
/** Options of {@link averagePool}. */
export interface PoolingOptions {
  /** Places between windows; a number stands for every spatial axis. Default: the window's own size. */
  readonly stride?: number | readonly number[];
}
/** Options of {@link maxPool}. */
export interface MaxPoolingOptions extends PoolingOptions {
  /** Places around the input that no window chooses: one number, one per axis, or all beginnings and then all ends. Default 0. */
  readonly padding?: number | readonly number[];
  /** Places between taps. Default 1. */
  readonly dilation?: number | readonly number[];
}
const pooling = (x: GraphValue, window: number | readonly number[], { stride }: PoolingOptions) => ({
  kernel_shape: perAxis(x, window, 1),
  strides: perAxis(x, stride ?? window, 1),
});
/** Largest of each window of x [batch, channels, ...spatial]; what the stride leaves over is cut. */
export const maxPool = (x: GraphValue, window: number | readonly number[], options: MaxPoolingOptions = {}): GraphValue => {
  const { pads, dilations } = geometry(x, options);
  const more = {
    ...(pads.some((n) => n !== 0) && { pads }),
    ...(dilations.some((n) => n !== 1) && { dilations }),
  };
  return node1("MaxPool", [x], { ...pooling(x, window, options), ...more });
};
/** Mean of each window of x [batch, channels, ...spatial]; no padding, what the stride leaves over is cut. */
export const averagePool = (x: GraphValue, window: number | readonly number[], options: PoolingOptions = {}): GraphValue =>
  node1("AveragePool", [x], pooling(x, window, options));
/** Permutes axes. */
export const transpose = (x: GraphValue, perm: readonly number[]): GraphValue =>
  perm.every((axis, i) => axis === i) ? x : node1("Transpose", [x], { perm });
/** Swaps the last two axes. */
export const transposeLast = (x: GraphValue): GraphValue => {
  const perm = x.shape.map((_, i) => i);
  const rank = perm.length;
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  return transpose(x, perm);
};
/** New shape, same elements; one size may be −1. */
export const reshape = (x: GraphValue, shape: Shape): GraphValue => {
  const known = elementCount(shape.filter((n) => n !== -1));
  const full = shape.map((n) => (n === -1 ? elementCount(x.shape) / known : n));
  return full.length === x.shape.length && full.every((n, i) => n === x.shape[i]) ? x : node1("Reshape", [x], { shape: full });
};
/** Broadcasts to a shape. */
export const expand = (x: GraphValue, shape: Shape): GraphValue =>
  shape.length === x.shape.length && shape.every((n, i) => n === x.shape[i]) ? x : node1("Expand", [x], { shape: [...shape] });
/** Joins along an axis. */
export const concat = (values: readonly GraphValue[], axis: number): GraphValue =>
  values.length === 1
    ? (values[0] as GraphValue)
    : node1("Concat", values, { axis: axisOf(axis, (values[0] as GraphValue).shape.length, "Concat") });
/** Cuts along an axis into parts of the given sizes. */
export const split = (x: GraphValue, sizes: readonly number[], axis: number): readonly GraphValue[] =>
  node("Split", [x], { split: [...sizes], axis: axisOf(axis, x.shape.length, "Split") });
/** Elements `start..end` (exclusive; negative counts from the end) of one axis, with a step. */
export const slice = (x: GraphValue, axis: number, start: number, end: number, step = 1): GraphValue => {
  const along = axisOf(axis, x.shape.length, "Slice");
  const size = x.shape[along] as number;
  const from = Math.min(size, start < 0 ? start + size : start);
  const to = Math.min(size, end < 0 ? end + size : end);
  if (from === 0 && to === size && step === 1) return x;
  return node1("Slice", [x], { axis: along, start: from, end: to, step });
};
/** Rows of `x` along `axis` by int64 indices. */
export const gather = (x: GraphValue, indices: GraphValue, axis = 0): GraphValue =>
  node1("Gather", [x, indices], { axis: axisOf(axis, x.shape.length, "Gather") });
/**
 * The k largest (or smallest) along the last axis, in order, and where they are as int64; the first of those that are equal comes first.
 */
export const topK = (x: GraphValue, k: number, largest = true): readonly [values: GraphValue, indices: GraphValue] =>
  node("TopK", [x], { k, largest: largest ? 1 : 0 }) as readonly [GraphValue, GraphValue];
/** Pads one axis with zeros. */
export const pad = (x: GraphValue, axis: number, before: number, after: number): GraphValue =>
  before === 0 && after === 0 ? x : node1("Pad", [x], { axis: axisOf(axis, x.shape.length, "Pad"), before, after });
/** Pads one axis with a number, which may be infinite. */
export const padWith = (x: GraphValue, axis: number, before: number, after: number, value: number): GraphValue => {
  if (value === 0) return pad(x, axis, before, after);
  const along = axisOf(axis, x.shape.length, "Pad");
  const filled = (n: number) =>
    n > 0
      ? [
          expand(
            scalar(value, x.dtype),
            x.shape.map((size, i) => (i === along ? n : size)),
          ),
        ]
      : [];
  return concat([...filled(before), x, ...filled(after)], along);
};
/** Sum over axes. */
export const sum = (x: GraphValue, axes: readonly number[], keepDims = false): GraphValue =>
  reduction("ReduceSum", x, axes, keepDims);
/** Mean over axes. */
export const mean = (x: GraphValue, axes: readonly number[], keepDims = false): GraphValue =>
  reduction("ReduceMean", x, axes, keepDims);
/** Largest over axes. The gradient is shared by those that are equally large. */
export const reduceMax = (x: GraphValue, axes: readonly number[], keepDims = false): GraphValue =>
  reduction("ReduceMax", x, axes, keepDims);
/** Smallest over axes. The gradient is shared by those that are equally small. */
export const reduceMin = (x: GraphValue, axes: readonly number[], keepDims = false): GraphValue =>
  reduction("ReduceMin", x, axes, keepDims);
/** Softmax over the last axis. */
export const softmax = (x: GraphValue): GraphValue => node1("Softmax", [x], { axis: x.shape.length - 1 });
/** LayerNormalization over the last axis: (x − mean)/√(var + eps) · scale (+ bias). */
export const layerNormalization = (x: GraphValue, scale: GraphValue, bias?: GraphValue, epsilon = 1e-5): GraphValue =>
  node("LayerNormalization", bias ? [x, scale, bias] : [x, scale], { epsilon })[0] as GraphValue;
/** Multi-head attention on packed heads: q [B, N, H·D], k [B, M, H·D], v [B, M, H·E] → [B, N, H·E]. */
export const multiHeadAttention = (q: GraphValue, k: GraphValue, v: GraphValue, heads: number, scale: number): GraphValue =>
  node1("MultiHeadAttention", [q, k, v], { num_heads: heads, scale });
/**
 * Rotary positions on packed heads: x [B, N, H·D] with tables [N, R/2]; the first R channels of every head turn in pairs,
 * (j, j + R/2) or, interleaved, (2j, 2j + 1).
 */
export const rotaryEmbedding = (
  x: GraphValue,
  cos: GraphValue,
  sin: GraphValue,
  heads: number,
  interleaved: boolean,
): GraphValue => node1("RotaryEmbedding", [x, cos, sin], { num_heads: heads, interleaved: interleaved ? 1 : 0 });
/** Stops the gradient: the value passes, nothing flows back. */
export const detach = (x: GraphValue): GraphValue => node1("Detach", [x]);

function reduction(op: string, x: GraphValue, axes: readonly number[], keepDims: boolean): GraphValue {
  const positive = axes.map((axis) => axisOf(axis, x.shape.length, op)).sort((a, b) => a - b);
  return positive.length === 0 ? x : node1(op, [x], { axes: positive, keepdims: keepDims ? 1 : 0 });
}
