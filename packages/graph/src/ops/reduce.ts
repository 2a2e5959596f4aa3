/** Reductions and the normalisations that are made of them. */
import { elementCount, FoleyError, type Shape } from "@foley-control/core";
import { type Array64, at, list, mismatch, number, type OpDefinition, offsets, stridesOf } from "./definition.js";

/** The shape with every reduced axis kept at size 1. */
export const keptShape = (shape: Shape, axes: readonly number[]) => shape.map((n, i) => (axes.includes(i) ? 1 : n));
/** How many elements become one. */
export const countOf = (shape: Shape, axes: readonly number[]) =>
  axes.reduce((product, axis) => product * (shape[axis] as number), 1);

/** For every element of a tensor in row-major order, the flat place of the one that it is reduced to. */
export function reductionTargets(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = stridesOf(keptShape(shape, axes)).map((stride, i) => (axes.includes(i) ? 0 : stride));
  return offsets(shape, strides);
}

function reduction(op: string, start: number, join: (total: number, x: number) => number, isMean: boolean): OpDefinition {
  return {
    infer(inputs, attributes) {
      const x = at(inputs, 0, op);
      const axes = list(attributes, "axes");
      const kept = keptShape(x.shape, axes);
      return [{ dtype: x.dtype, shape: number(attributes, "keepdims") ? kept : kept.filter((_, i) => !axes.includes(i)) }];
    },
    evaluate([x], attributes, types) {
      const value = x as Array64;
      const axes = list(attributes, "axes");
      const kept = keptShape(value.shape, axes);
      const to = reductionTargets(value.shape, axes);
      const data = new Float64Array(elementCount(kept)).fill(start);
      for (let i = 0; i < to.length; i++) data[to[i] as number] = join(data[to[i] as number] as number, value.data[i] as number);
      if (isMean) for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) / countOf(value.shape, axes);
      return [{ shape: (types[0] as { shape: Shape }).shape, data }];
    },
  };
}

/** Rows of the op table. */
export const reduceOps: Readonly<Record<string, OpDefinition>> = {
  ReduceSum: reduction("ReduceSum", 0, (total, x) => total + x, false),
  ReduceMean: reduction("ReduceMean", 0, (total, x) => total + x, true),
  ReduceMax: reduction("ReduceMax", Number.NEGATIVE_INFINITY, Math.max, false),
  ReduceMin: reduction("ReduceMin", Number.POSITIVE_INFINITY, Math.min, false),
  Softmax: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Softmax");
      if (number(attributes, "axis") !== x.shape.length - 1)
        throw new FoleyError("unsupported", "Softmax: only the last axis is supported.");
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    evaluate([x]) {
      const value = x as Array64;
      const width = value.shape[value.shape.length - 1] as number;
      const data = new Float64Array(value.data.length);
      for (let row = 0; row < data.length; row += width) {
        const part = value.data.subarray(row, row + width);
        const top = part.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        let total = 0;
        for (let i = 0; i < width; i++) total += data[row + i] = Math.exp((part[i] as number) - top);
        for (let i = 0; i < width; i++) data[row + i] = (data[row + i] as number) / total;
      }
      return [{ shape: value.shape, data }];
    },
  },
  /** Outputs: y, mean, 1/√(var + eps); the last two feed the gradient rule and cost nothing when unused. */
  LayerNormalization: {
    infer(inputs) {
      const x = at(inputs, 0, "LayerNormalization");
      const scale = at(inputs, 1, "LayerNormalization");
      const width = x.shape[x.shape.length - 1];
      if (scale.shape.length !== 1 || scale.shape[0] !== width) {
        throw mismatch(
          "LayerNormalization",
          `the scale [${scale.shape.join(", ")}] does not fit the last axis of [${x.shape.join(", ")}]`,
        );
      }
      const statistics = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] };
      return [{ dtype: x.dtype, shape: x.shape }, statistics, statistics];
    },
    evaluate(inputs, attributes) {
      const [x, scale, bias] = inputs as readonly [Array64, Array64, Array64 | undefined];
      const width = x.shape[x.shape.length - 1] as number;
      const rows = x.data.length / width;
      const data = new Float64Array(x.data.length);
      const average = new Float64Array(rows);
      const inverse = new Float64Array(rows);
      for (let r = 0; r < rows; r++) {
        const part = x.data.subarray(r * width, (r + 1) * width);
        const m = part.reduce((a, b) => a + b, 0) / width;
        const variance = part.reduce((a, b) => a + (b - m) * (b - m), 0) / width;
        const s = 1 / Math.sqrt(variance + number(attributes, "epsilon"));
        average[r] = m;
        inverse[r] = s;
        for (let i = 0; i < width; i++)
          data[r * width + i] = ((part[i] as number) - m) * s * (scale.data[i] as number) + (bias ? (bias.data[i] as number) : 0);
      }
      const shape = [...x.shape.slice(0, -1), 1];
      return [
        { shape: x.shape, data },
        { shape, data: average },
        { shape, data: inverse },
      ];
    },
  },
};
