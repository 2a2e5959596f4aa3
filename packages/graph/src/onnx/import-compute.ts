/** Importers of ops that compute: ONNX op → ops of the table. One row per ONNX op, named as in the standard. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import { tanhGelu } from "../layers/feed-forward.js";
import { axisOf } from "../ops/definition.js";
import * as f from "../ops/functions.js";
import { constant, float, node } from "../value.js";
import { distinctAxes } from "./axes.js";
import { dtypeOfElementType, elementTypeName } from "./element-type.js";
import type { ImportedNode } from "./read-node.js";

/** Translates one node to its outputs. */
export type Importer = (made: ImportedNode) => readonly (GraphValue | undefined)[];

// @__NO_SIDE_EFFECTS__
const unary =
  (apply: (x: GraphValue) => GraphValue): Importer =>
  (made) => [apply(made.input(0))];

// @__NO_SIDE_EFFECTS__
const binary =
  (apply: (a: GraphValue, b: GraphValue) => GraphValue): Importer =>
  (made) => [apply(made.input(0), made.input(1))];

// @__NO_SIDE_EFFECTS__
const variadic =
  (apply: (a: GraphValue, b: GraphValue) => GraphValue): Importer =>
  (made) => [made.inputs.map((_, i) => made.input(i)).reduce((a, b) => apply(a, b))];

/** Axes of a reduction, all when none are given; the op itself is left out when the file says so. */
// @__NO_SIDE_EFFECTS__
function reduction(apply: (x: GraphValue, axes: readonly number[], keepDims: boolean) => GraphValue): Importer {
  return (made) => {
    const x = made.input(0);
    const axes = made.either("axes", 1) ?? [];
    if (axes.length === 0 && made.int("noop_with_empty_axes", 0) !== 0) return [x];
    const along = axes.length > 0 ? distinctAxes(made, axes, x.shape.length) : x.shape.map((_, axis) => axis);
    return [apply(x, along, made.int("keepdims", 1) !== 0)];
  };
}

/** Vectors multiply as in numpy: a row on the left, a column on the right. */
function product(a: GraphValue, b: GraphValue): GraphValue {
  const left = a.shape.length === 1 ? f.reshape(a, [1, a.shape[0] as number]) : a;
  const right = b.shape.length === 1 ? f.reshape(b, [b.shape[0] as number, 1]) : b;
  const y = f.matmul(left, right);
  const leading = y.shape.slice(0, -2);
  const rows = a.shape.length === 1 ? [] : y.shape.slice(-2, -1);
  const columns = b.shape.length === 1 ? [] : y.shape.slice(-1);
  return f.reshape(y, [...leading, ...rows, ...columns]);
}

const gemm: Importer = (made) => {
  const [a, b, c] = [made.input(0), made.input(1), made.inputs[2]];
  const scaled = (x: GraphValue, factor: number) => (factor === 1 ? x : f.multiply(x, factor));
  const turned = (x: GraphValue, name: string) => (made.int(name, 0) !== 0 ? f.transposeLast(x) : x);
  const y = scaled(f.matmul(turned(a, "transA"), turned(b, "transB")), made.float("alpha", 1));
  return [c ? f.add(y, scaled(c, made.float("beta", 1))) : y];
};

const power: Importer = (made) => {
  const [x, exponent] = [made.input(0), made.input(1)];
  const numbers = made.guess(1);
  const single = exponent.shape.length <= x.shape.length && numbers?.length === 1 ? numbers[0] : undefined;
  if (single === 1) return [x];
  if (single === 2) return [f.square(x)];
  if (single === 3) return [f.multiply(f.square(x), x)];
  // Whole numbers stay whole; what is between them is cut off behind the power, not before.
  if (!x.dtype.startsWith("float")) return [f.power(x, exponent)];
  if (single === 0.5) return [f.sqrt(x)];
  if (single === -1) return [f.reciprocal(x)];
  if (single !== undefined && exponent.dtype !== x.dtype) return [f.power(x, single)];
  return [f.power(x, f.cast(exponent, x.dtype))];
};

/** A whole number divided by 0 would end a runtime. */
const quotient: Importer = (made) => {
  const [a, b] = [made.input(0), made.input(1)];
  if (!b.dtype.startsWith("float") && made.guess(1)?.includes(0))
    throw new FoleyError("bad-file", `${made.what} divides whole numbers by 0.`);
  return [f.divide(a, b)];
};

/** Of whole numbers: with the sign of the divisor, as in Python, or of the dividend. */
const remainder: Importer = (made) => {
  const [a, b] = [made.input(0), made.input(1)];
  if (a.dtype !== "int64" && a.dtype !== "int32") throw made.unsupported("only whole numbers are supported.");
  const [q] = quotient(made);
  const rest = f.subtract(a, f.multiply(q as GraphValue, b));
  if (made.int("fmod", 0) !== 0) return [rest];
  // Of another sign than the divisor: their product is below 0.
  return [f.where(f.greater(0, f.multiply(f.maximum(-1, f.minimum(1, rest)), b)), f.add(rest, b), rest)];
};

/** √Σx²; what has no fraction, or little room, is computed in float32. */
function length(x: GraphValue, axes: readonly number[], keepDims: boolean): GraphValue {
  return f.cast(f.sqrt(f.sum(f.square(f.cast(x, "float32")), axes, keepDims)), x.dtype);
}

const softmax: Importer = (made) => {
  const x = made.input(0);
  const last = x.shape.length - 1;
  const axis = axisOf(made.int("axis", made.opset < 13 ? 1 : -1), x.shape.length, "Softmax");
  if (axis === last) return [f.softmax(x)];
  if (made.opset < 13) throw made.unsupported("before op set 13 only the last axis is supported.");
  const perm = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  return [f.transpose(f.softmax(f.transpose(x, perm)), perm)];
};

const layerNormalization: Importer = (made) => {
  const x = made.input(0);
  if (axisOf(made.int("axis", -1), x.shape.length, "LayerNormalization") !== x.shape.length - 1)
    throw made.unsupported("only the last axis is supported.");
  const inputs = [x, made.input(1), ...(made.inputs[2] ? [made.inputs[2]] : [])];
  return node("LayerNormalization", inputs, { epsilon: made.float("epsilon", 1e-5) });
};

const multiHeadAttention: Importer = (made) => {
  if (made.inputs.length > 3 && made.inputs.slice(3).some((value) => value))
    throw made.unsupported("bias, masks and cached keys are not supported.");
  if (made.int("unidirectional", 0) !== 0) throw made.unsupported("causal attention is not supported.");
  const [q, heads] = [made.input(0), made.int("num_heads", 1)];
  const scale = made.float("scale", 0) || 1 / Math.sqrt((q.shape[2] as number) / heads);
  return [f.multiHeadAttention(q, made.input(1), made.input(2), heads, scale)];
};

const quantisedMatmul: Importer = (made) => {
  if (made.int("bits", 4) !== 8) throw made.unsupported("only matrices of 8 bits are supported.");
  if (made.inputs[3] || made.inputs[4]) throw made.unsupported("zero points and reordered columns are not supported.");
  const [values, bias] = [made.input(1), made.inputs[5]];
  const scales = f.reshape(made.input(2), values.shape.slice(0, 2));
  const y = f.quantisedMatmul(made.input(0), values, scales, made.int("accuracy_level", 0) === 4 ? 4 : 1);
  return [bias ? f.add(y, bias) : y];
};

const rotaryEmbedding: Importer = (made) => {
  const [x, cos] = [made.input(0), made.input(2)];
  if (x.shape.length !== 3) throw made.unsupported("only packed heads [batch, rows, heads·width] are supported.");
  if (made.int("is_packed_batching", 0) !== 0 || made.float("scale", 1) !== 1)
    throw made.unsupported("packed batches and scaled tables are not supported.");
  const [rows, width, half] = [x.shape[1] as number, x.shape[2] as number, cos.shape[1] as number];
  const positions = made.known(1) ?? [];
  // One number is the position of the first row; a list gives every row its own.
  const table = (t: GraphValue) =>
    positions.length === 1
      ? f.slice(t, 0, positions[0] as number, (positions[0] as number) + rows)
      : f.gather(t, constant(Int32Array.from(positions), [positions.length], "int32"));
  if (positions.length !== 1 && positions.length !== rows)
    throw made.unsupported("positions that differ within the batch are not supported.");
  const heads = made.int("num_heads", 0) || width / (2 * half);
  return [f.rotaryEmbedding(x, table(cos), table(made.input(3)), heads, made.int("interleaved", 0) !== 0)];
};

/** Attributes that both convolutions have; padding by rule is worked out from the shapes. */
function convolutionOptions(made: ImportedNode): f.ConvolutionOptions {
  const [x, w] = [made.input(0), made.input(1)];
  const axes = x.shape.slice(2);
  const [stride, dilation] = [made.list("strides") ?? axes.map(() => 1), made.list("dilations") ?? axes.map(() => 1)];
  const rule = made.text("auto_pad", "NOTSET");
  const common = { stride, dilation, groups: made.int("group", 1), bias: made.inputs[2] };
  if (rule === "NOTSET") return { ...common, padding: made.list("pads") ?? 0 };
  if (rule === "VALID") return common;
  if (made.op !== "Conv") throw made.unsupported(`padding by the rule "${rule}" is not supported.`);
  const needed = axes.map((size, axis) => {
    const covered = ((w.shape[axis + 2] as number) - 1) * (dilation[axis] as number) + 1;
    const step = stride[axis] as number;
    return Math.max(0, (Math.ceil(size / step) - 1) * step + covered - size);
  });
  // An odd place goes to the end, or, by the other rule, to the beginning.
  const before = needed.map((n) => (rule === "SAME_UPPER" ? Math.floor(n / 2) : Math.ceil(n / 2)));
  return { ...common, padding: [...before, ...needed.map((n, axis) => n - (before[axis] as number))] };
}

const convolution: Importer = (made) => [f.convolution(made.input(0), made.input(1), convolutionOptions(made))];

const transposedConvolution: Importer = (made) => {
  if (made.has("output_shape")) throw made.unsupported("a given output shape is not supported; give pads.");
  const outputPadding = made.list("output_padding") ?? 0;
  return [f.transposedConvolution(made.input(0), made.input(1), { ...convolutionOptions(made), outputPadding })];
};

// @__NO_SIDE_EFFECTS__
const pooling =
  (apply: (x: GraphValue, window: readonly number[], options: f.PoolingOptions) => GraphValue): Importer =>
  (made) => {
    const [x, window] = [made.input(0), made.list("kernel_shape") ?? []];
    const plain =
      ["NOTSET", "VALID"].includes(made.text("auto_pad", "NOTSET")) &&
      (made.list("pads") ?? []).every((n) => n === 0) &&
      (made.list("dilations") ?? []).every((n) => n === 1) &&
      made.int("ceil_mode", 0) === 0 &&
      !made.outputs[1];
    if (!plain) throw made.unsupported("only windows without padding, dilation, rounding up and indices are supported.");
    return [apply(x, window, { stride: made.list("strides") ?? window.map(() => 1) })];
  };

const cast: Importer = (made) => {
  const to = made.int("to", 0);
  const dtype = dtypeOfElementType(to);
  if (!dtype) throw made.unsupported(`a cast to ${elementTypeName(to)} is not supported.`);
  return [f.cast(made.input(0), dtype)];
};

const no = constant(Uint8Array.of(0), [], "bool");
/** The runtime chooses between numbers, not between truth values. */
const truths = (apply: (a: GraphValue, b: GraphValue) => GraphValue) => (a: GraphValue, b: GraphValue) =>
  f.cast(apply(f.cast(a, "int32"), f.cast(b, "int32")), "bool");
const not = (x: GraphValue): GraphValue => f.equal(x, no);

const isInfinite: Importer = (made) => {
  const [x, above, below] = [made.input(0), made.int("detect_positive", 1) !== 0, made.int("detect_negative", 1) !== 0];
  if (!above && !below) return [f.greater(x, x)];
  const infinite = (value: number) => f.equal(x, f.cast(float(value), x.dtype));
  if (!above || !below) return [infinite(above ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)];
  return [f.equal(f.abs(x), f.cast(float(Number.POSITIVE_INFINITY), x.dtype))];
};

const gelu: Importer = (made) => [(made.text("approximate", "none") === "tanh" ? tanhGelu : f.gelu)(made.input(0))];

const clip: Importer = (made) => {
  let x = made.input(0);
  // Bounds were attributes before op set 11.
  const low = made.inputs[1] ?? (made.has("min") ? made.float("min", 0) : undefined);
  const high = made.inputs[2] ?? (made.has("max") ? made.float("max", 0) : undefined);
  if (low !== undefined) x = f.maximum(x, low);
  return [high === undefined ? x : f.minimum(x, high)];
};

const dropout: Importer = (made) => {
  const training = made.inputs[2] ? made.known(2) : undefined;
  if (training?.[0]) throw made.unsupported("it is in training mode.");
  if (made.outputs[1]) throw made.unsupported("its mask is read.");
  return [made.input(0)];
};

/** Rows by ONNX op type. */
export const computeImporters: Readonly<Record<string, Importer>> = {
  Identity: unary((x) => x),
  Dropout: dropout,
  Neg: unary(f.negate),
  Exp: unary(f.exp),
  Log: unary(f.log),
  Sqrt: unary(f.sqrt),
  Reciprocal: unary(f.reciprocal),
  Abs: unary(f.abs),
  Sign: unary(f.sign),
  Sin: unary(f.sin),
  Cos: unary(f.cos),
  Tanh: unary(f.tanh),
  Sigmoid: unary(f.sigmoid),
  Erf: unary(f.erf),
  // The runtime has it for numbers with a fraction alone.
  Relu: unary((x) => (x.dtype.startsWith("float") ? f.relu(x) : f.maximum(x, 0))),
  LeakyRelu: (made) => {
    const x = made.input(0);
    return [f.where(f.greaterOrEqual(x, 0), x, f.multiply(x, made.float("alpha", 0.01)))];
  },
  Softplus: unary(f.softplus),
  Gelu: gelu,
  Clip: clip,
  Not: unary(not),
  And: binary(truths(f.minimum)),
  Or: binary(truths(f.maximum)),
  Xor: binary((a, b) => not(f.equal(a, b))),
  IsNaN: unary(f.isNaN),
  IsInf: isInfinite,
  Floor: unary(f.floor),
  Ceil: unary(f.ceil),
  Add: binary(f.add),
  Sub: binary(f.subtract),
  Mul: binary(f.multiply),
  Div: quotient,
  Mod: remainder,
  Pow: power,
  Sum: variadic(f.add),
  Max: variadic(f.maximum),
  Min: variadic(f.minimum),
  Equal: binary(f.equal),
  Greater: binary(f.greater),
  GreaterOrEqual: binary(f.greaterOrEqual),
  Less: binary((a, b) => f.greater(b, a)),
  LessOrEqual: binary((a, b) => f.greaterOrEqual(b, a)),
  Where: (made) => [f.where(made.input(0), made.input(1), made.input(2))],
  Cast: cast,
  MatMul: binary(product),
  Gemm: gemm,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pooling(f.maxPool),
  AveragePool: pooling(f.averagePool),
  ReduceSum: reduction(f.sum),
  ReduceMean: reduction(f.mean),
  ReduceMax: reduction(f.reduceMax),
  ReduceMin: reduction(f.reduceMin),
  ReduceSumSquare: reduction((x, axes, keep) => f.sum(f.square(x), axes, keep)),
  ReduceL2: reduction(length),
  Softmax: softmax,
  LayerNormalization: layerNormalization,
  MatMulNBits: quantisedMatmul,
  MultiHeadAttention: multiHeadAttention,
  RotaryEmbedding: rotaryEmbedding,
};
