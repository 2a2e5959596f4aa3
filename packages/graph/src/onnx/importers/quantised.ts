/** Importers of bytes that stand for numbers: (byte − zero point)·scale. */
import { type DType, elementCount, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { dtypeOfElementType } from "../element-type.js";
import type { ImportedNode, Importer } from "../read-node.js";

/** Whole numbers that float32 holds. */
const EXACT = 2 ** 24;

/** A scale or zero point beside x: one number, one per place of an axis, or one per block. */
function beside(made: ImportedNode, x: GraphValue, one: GraphValue): GraphValue {
  if (elementCount(one.shape) === 1) return f.reshape(one, []);
  const given = made.int("axis", 1);
  const axis = given < 0 ? given + x.shape.length : given;
  if (one.shape.length === 1)
    return f.reshape(
      one,
      x.shape.map((_, i) => (i === axis ? (one.shape[0] as number) : 1)),
    );
  const [blocks, size] = [one.shape[axis] as number, x.shape[axis] as number];
  const block = made.int("block_size", 0) || Math.ceil(size / blocks);
  const lifted = f.reshape(one, [...one.shape.slice(0, axis + 1), 1, ...one.shape.slice(axis + 1)]);
  const spread = f.expand(lifted, [...one.shape.slice(0, axis + 1), block, ...one.shape.slice(axis + 1)]);
  return f.slice(
    f.reshape(
      spread,
      one.shape.map((n, i) => (i === axis ? n * block : n)),
    ),
    axis,
    0,
    size,
  );
}

/** What quantisation keeps of where its bytes come from. */
interface Quantised {
  readonly x: GraphValue;
  readonly scale: GraphValue;
  readonly number: number | undefined;
  /** Before and after they were kept in the range of the type. */
  readonly moved: GraphValue;
  readonly kept: GraphValue;
}

/** A scale that is one known number: exporters write it twice. */
const numberOf = (made: ImportedNode): number | undefined =>
  elementCount(made.input(1).shape) === 1 ? made.guess(1)?.[0] : undefined;

/** By what is cast to bytes. */
const quantised = /* @__PURE__ */ new WeakMap<GraphValue, Quantised>();

/** How many ops may stand between the two halves: clips to a range narrower than the type's. */
const MAXIMUM_BETWEEN = 12;

/** Where bytes come from, and the bytes before they were clipped again. */
function sourceOf(bytes: GraphValue): { readonly from: Quantised; readonly whole: GraphValue } | undefined {
  let value = bytes;
  for (let i = 0; i < MAXIMUM_BETWEEN && ["Cast", "Min", "Max"].includes(value.node?.op ?? ""); i++) {
    const before = value.node?.inputs[0] as GraphValue;
    const from = quantised.get(before);
    if (from) return { from, whole: value };
    value = before;
  }
  return undefined;
}

/**
 * Numbers that become bytes and numbers again by one scale are what training for bytes puts in their place (fake quantisation): the gradient passes where they
 * are within the range, and nothing flows to the scale, as in PyTorch.
 */
function passing(made: ImportedNode, bytes: GraphValue, y: GraphValue): GraphValue {
  const source = sourceOf(bytes);
  if (!source) return y;
  const { x, scale, number, moved, kept } = source.from;
  const isSame = scale === made.input(1) || (number !== undefined && number === numberOf(made));
  if (!isSame || scale.dtype !== y.dtype) return y;
  const within = (condition: GraphValue, value: GraphValue) => f.where(condition, value, 0);
  const inRange = within(f.equal(moved, kept), f.cast(x, y.dtype));
  const isWhole = source.whole === bytes ? undefined : f.equal(f.cast(source.whole, "int32"), f.cast(bytes, "int32"));
  const carrier = isWhole ? within(isWhole, inRange) : inRange;
  // Adds 0, and the gradient.
  return f.add(f.detach(y), f.subtract(carrier, f.detach(carrier)));
}

const RANGES: Partial<Record<DType, readonly [number, number]>> = { int8: [-128, 127], uint8: [0, 255] };

/** Bytes of numbers that were divided by their scale already. */
function rounded(made: ImportedNode, levels: GraphValue, zero: GraphValue | undefined, dtype: DType) {
  const range = RANGES[dtype];
  if (!range) throw made.unsupported(`numbers as ${dtype} are not supported.`);
  const whole = f.round(levels);
  const moved = zero ? f.add(whole, f.cast(zero, levels.dtype)) : whole;
  const kept = f.maximum(f.minimum(moved, range[1]), range[0]);
  return { bytes: f.cast(kept, dtype), moved, kept };
}

const bytesOf = (...given: Parameters<typeof rounded>): GraphValue => rounded(...given).bytes;

const quantize: Importer = (made) => {
  const [x, scale, zero] = [made.input(0), made.input(1), made.inputs[2]];
  const said = made.int("output_dtype", 0);
  const dtype = zero?.dtype ?? (said === 0 ? "uint8" : dtypeOfElementType(said));
  if (!dtype) throw made.unsupported("a type of its results is not supported.");
  const value = f.cast(x, scale.dtype);
  const levels = f.divide(value, beside(made, x, scale));
  const { bytes, moved, kept } = rounded(made, levels, zero && beside(made, x, zero), dtype);
  quantised.set(kept, { x, scale, number: numberOf(made), moved, kept });
  return [bytes];
};

const dequantize: Importer = (made) => {
  const [x, scale, zero] = [made.input(0), made.input(1), made.inputs[2]];
  const value = f.cast(x, scale.dtype);
  const centred = zero ? f.subtract(value, f.cast(beside(made, x, zero), scale.dtype)) : value;
  return [passing(made, x, f.multiply(centred, beside(made, x, scale)))];
};

/** The scale and zero point are those that the numbers themselves need. */
const dynamic: Importer = (made) => {
  const x = made.input(0);
  const axes = x.shape.map((_, axis) => axis);
  const [high, low] = [f.maximum(f.reduceMax(x, axes), 0), f.minimum(f.reduceMin(x, axes), 0)];
  const scale = f.divide(f.subtract(high, low), 255);
  const safe = f.where(f.equal(scale, 0), 1, scale);
  const zero = f.cast(f.round(f.maximum(f.minimum(f.divide(f.negate(low), safe), 255), 0)), "uint8");
  return [bytesOf(made, f.divide(x, safe), zero, "uint8"), scale, zero];
};

/** Whole numbers without their zero point, in 32 bits. */
const centred = (x: GraphValue, zero: GraphValue | undefined): GraphValue =>
  zero ? f.subtract(f.cast(x, "int32"), f.cast(zero, "int32")) : f.cast(x, "int32");

/** A zero point per row is a column; per column, a row. */
const perRow = (zero: GraphValue | undefined) =>
  zero?.shape.length === 1 && zero.shape[0] !== 1 ? f.reshape(zero, [...zero.shape, 1]) : zero;
const alone = (one: GraphValue) => (elementCount(one.shape) === 1 ? f.reshape(one, []) : one);

const matmulInteger: Importer = (made) => [
  f.matmul(centred(made.input(0), perRow(made.inputs[2])), centred(made.input(1), made.inputs[3])),
];

const quantisedMatmul: Importer = (made) => {
  const [a, b] = [centred(made.input(0), perRow(made.input(2))), centred(made.input(3), made.input(5))];
  const scale = f.divide(f.multiply(perRow(made.input(1)) as GraphValue, made.input(4)), alone(made.input(6)));
  const zero = made.input(7);
  return [bytesOf(made, f.multiply(f.cast(f.matmul(a, b), scale.dtype), alone(scale)), alone(zero), zero.dtype)];
};

function convolved(made: ImportedNode, x: GraphValue, w: GraphValue): GraphValue {
  // In float32, which is exact as long as no sum is beyond it.
  if (elementCount(w.shape.slice(1)) * 255 * 255 > EXACT) throw made.unsupported("sums beyond 2^24 are not supported.");
  const axes = x.shape.length - 2;
  const rule = made.text("auto_pad", "NOTSET");
  if (rule !== "NOTSET" && rule !== "VALID") throw made.unsupported(`padding by the rule "${rule}" is not supported.`);
  const listed = (name: string, fallback: number) => made.list(name) ?? new Array<number>(axes).fill(fallback);
  return f.convolution(f.cast(x, "float32"), f.cast(w, "float32"), {
    stride: listed("strides", 1),
    dilation: listed("dilations", 1),
    padding: made.list("pads") ?? 0,
    groups: made.int("group", 1),
  });
}

/** One number per channel of a weight, or of what comes of it. */
const perChannel = (one: GraphValue, rank: number, axis: number): GraphValue =>
  elementCount(one.shape) === 1
    ? f.reshape(one, [])
    : f.reshape(
        one,
        Array.from({ length: rank }, (_, i) => (i === axis ? elementCount(one.shape) : 1)),
      );

const convolutionInteger: Importer = (made) => {
  const [x, w] = [made.input(0), made.input(1)];
  const [zero, zeroOf] = [made.inputs[2], made.inputs[3]];
  const weight = centred(w, zeroOf && perChannel(zeroOf, w.shape.length, 0));
  return [f.cast(convolved(made, centred(x, zero && alone(zero)), weight), "int32")];
};

const quantisedConvolution: Importer = (made) => {
  const [x, w, bias] = [made.input(0), made.input(3), made.inputs[8]];
  const rank = x.shape.length;
  const sums = convolved(made, centred(x, alone(made.input(2))), centred(w, perChannel(made.input(5), rank, 0)));
  const total = bias ? f.add(sums, f.cast(perChannel(bias, rank, 1), "float32")) : sums;
  const scale = f.divide(f.multiply(alone(made.input(1)), perChannel(made.input(4), rank, 1)), alone(made.input(6)));
  const zero = made.input(7);
  return [bytesOf(made, f.multiply(total, scale), alone(zero), zero.dtype)];
};

/** Rows by ONNX op type. */
export const quantisedImporters: Readonly<Record<string, Importer>> = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamic,
  MatMulInteger: matmulInteger,
  QLinearMatMul: quantisedMatmul,
  ConvInteger: convolutionInteger,
  QLinearConv: quantisedConvolution,
};
