/** Importers of ops that make one of many: sums and the like, and where the largest is. */
import { type DType, elementCount, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { float } from "../../value.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { distinctAxes } from "./axes.js";
import { axisNamed, isFloat, onLast, places, turnedOver } from "./helpers.js";

type Reduce = (x: GraphValue, axes: readonly number[], keepDims: boolean) => GraphValue;

/** Axes of a reduction, all when none are given; the op itself is left out when the file says so. `empty`: what nothing is reduced to. */
// @__NO_SIDE_EFFECTS__
function reduction(
  apply: Reduce,
  empty: number | ((dtype: DType) => number),
  alone: (x: GraphValue) => GraphValue = (x) => x,
): Importer {
  return (made) => {
    const x = made.input(0);
    const axes = made.either("axes", 1) ?? [];
    if (axes.length === 0 && made.int("noop_with_empty_axes", 0) !== 0) return [alone(x)];
    const along = axes.length > 0 ? distinctAxes(made, axes, x.shape.length) : x.shape.map((_, axis) => axis);
    if (along.length === 0) return [alone(x)];
    const keepDims = made.int("keepdims", 1) !== 0;
    if (elementCount(x.shape) > 0) return [apply(x, along, keepDims)];
    const kept = x.shape.map((n, i) => (along.includes(i) ? 1 : n));
    const value = f.cast(float(typeof empty === "number" ? empty : empty(x.dtype)), x.dtype);
    return [f.expand(value, keepDims ? kept : kept.filter((_, i) => !along.includes(i)))];
  };
}

/** √Σx²; what has no fraction, or little room, is computed in float32. Nothing flows back to a length of 0, as in torch.norm, where it has no slope. */
const length: Reduce = (x, axes, keep) => {
  const squares = f.sum(f.square(f.cast(x, "float32")), axes, keep);
  const isNone = f.equal(squares, 0);
  return f.cast(f.where(isNone, 0, f.sqrt(f.where(isNone, 1, squares))), x.dtype);
};

/** ln of a sum, of whole numbers as well. */
const logOf = (x: GraphValue, sum: (x: GraphValue) => GraphValue): GraphValue =>
  f.cast(f.log(sum(f.cast(x, "float32"))), x.dtype);

/** ln Σeˣ, with the largest taken out of the sum while that is a number. */
const logSumExp: Reduce = (x, axes, keep) => {
  const value = isFloat(x) ? x : f.cast(x, "float32");
  const top = f.detach(f.reduceMax(value, axes, true));
  const shift = f.where(f.greater(Number.POSITIVE_INFINITY, f.abs(top)), top, 0);
  const total = f.add(f.log(f.sum(f.exp(f.subtract(value, shift)), axes, true)), shift);
  const shape = keep ? total.shape : total.shape.filter((_, i) => !axes.includes(i));
  return f.cast(f.reshape(total, shape), x.dtype);
};

/** Halves are multiplied until one is left. */
const product: Reduce = (x, axes, keep) => {
  let y = x;
  for (const axis of axes)
    for (let size = y.shape[axis] as number; size > 1; size = y.shape[axis] as number) {
      const half = Math.floor(size / 2);
      const pairs = f.multiply(f.slice(y, axis, 0, half), f.slice(y, axis, half, 2 * half));
      y = size % 2 === 0 ? pairs : f.concat([pairs, f.slice(y, axis, size - 1, size)], axis);
    }
  return keep
    ? y
    : f.reshape(
        y,
        y.shape.filter((_, i) => !axes.includes(i)),
      );
};

/** Of truth values: whether all are, or any is. */
const extreme =
  (apply: Reduce): Reduce =>
  (x, axes, keep) =>
    x.dtype === "bool" ? f.cast(apply(f.cast(x, "int32"), axes, keep), "bool") : apply(x, axes, keep);

const least = (dtype: DType) =>
  ({ int64: -(2 ** 63), int32: -(2 ** 31), int8: -128, uint8: 0, bool: 0 })[dtype as string] ?? Number.NEGATIVE_INFINITY;
const greatest = (dtype: DType) =>
  ({ int64: 2 ** 63, int32: 2 ** 31 - 1, int8: 127, uint8: 255, bool: 1 })[dtype as string] ?? Number.POSITIVE_INFINITY;

/** Where the largest or smallest is: the first, or the last, of those that are as large. */
// @__NO_SIDE_EFFECTS__
const placeOf =
  (apply: Reduce): Importer =>
  (made) => {
    const x = made.input(0);
    const axis = axisNamed(made, x, 0);
    const value = x.dtype === "bool" || x.dtype === "int8" || x.dtype === "uint8" ? f.cast(x, "int32") : x;
    const isIt = f.equal(value, apply(value, [axis], true));
    const at = f.expand(places(made, x.shape, axis), x.shape);
    const keep = made.int("keepdims", 1) !== 0;
    if (made.int("select_last_index", 0) !== 0) return [f.reduceMax(f.where(isIt, at, -1), [axis], keep)];
    return [f.reduceMin(f.where(isIt, at, x.shape[axis] as number), [axis], keep)];
  };

const topK: Importer = (made) => {
  const x = made.input(0);
  const [k, axis] = [made.opset < 10 ? made.int("k", 0) : (made.known(1)?.[0] ?? 0), axisNamed(made, x, -1)];
  const parts = [0, 1].map((i) => onLast(x, axis, (value) => f.topK(value, k, made.int("largest", 1) !== 0)[i as 0 | 1]));
  return parts;
};

/** Sums of all up to each, made of log₂ n sums of the whole with itself shifted. */
function running(made: ImportedNode, join: (a: GraphValue, b: GraphValue) => GraphValue, start: number): readonly GraphValue[] {
  const given = made.input(0);
  const axis = made.known(1)?.[0] ?? 0;
  const along = axis < 0 ? axis + given.shape.length : axis;
  const size = given.shape[along] as number;
  const reverse = made.int("reverse", 0) !== 0;
  const shifted = (x: GraphValue, by: number) =>
    f.padWith(f.slice(x, along, 0, Math.max(0, size - by)), along, Math.min(by, size), 0, start);
  let x = reverse ? turnedOver(made, given, along) : given;
  if (made.int("exclusive", 0) !== 0) x = shifted(x, 1);
  for (let by = 1; by < size; by *= 2) x = join(x, shifted(x, by));
  return [reverse ? turnedOver(made, x, along) : x];
}

/** Rows by ONNX op type. */
export const reductionImporters: Readonly<Record<string, Importer>> = {
  ReduceSum: reduction(f.sum, 0),
  ReduceMean: reduction(f.mean, Number.NaN),
  ReduceMax: reduction(extreme(f.reduceMax), least),
  ReduceMin: reduction(extreme(f.reduceMin), greatest),
  ReduceProd: reduction(product, 1),
  ReduceL1: reduction((x, axes, keep) => f.sum(f.abs(x), axes, keep), 0, f.abs),
  ReduceL2: reduction(length, 0, f.abs),
  ReduceSumSquare: reduction((x, axes, keep) => f.sum(f.square(x), axes, keep), 0, f.square),
  ReduceLogSum: reduction(
    (x, axes, keep) => logOf(x, (value) => f.sum(value, axes, keep)),
    Number.NEGATIVE_INFINITY,
    (x) => logOf(x, (value) => value),
  ),
  ReduceLogSumExp: reduction(logSumExp, Number.NEGATIVE_INFINITY),
  ArgMax: placeOf(f.reduceMax),
  ArgMin: placeOf(f.reduceMin),
  TopK: topK,
  CumSum: (made) => running(made, f.add, 0),
  CumProd: (made) => running(made, f.multiply, 1),
};
