/** Ops that move elements without computing. */
import { elementCount, type Shape } from "@foley-control/core";
import {
  type Array64,
  type Attributes,
  at,
  broadcast,
  broadcastStrides,
  list,
  mismatch,
  number,
  type OpDefinition,
  offsets,
  stridesOf,
} from "./definition.js";

const pick = (x: Array64, shape: Shape, strides: readonly number[], start = 0): Array64 => {
  const from = offsets(shape, strides, start);
  const data = new Float64Array(from.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[from[i] as number] as number;
  return { shape, data };
};
/** The shape with one size replaced. */
export const replaced = (shape: Shape, axis: number, n: number): Shape => shape.map((old, i) => (i === axis ? n : old));
/** How many elements a Slice keeps along its axis. */
export const sliceLength = (a: Attributes) => Math.max(0, Math.ceil((number(a, "end") - number(a, "start")) / number(a, "step")));

/** Rows of the op table. */
export const layoutOps: Readonly<Record<string, OpDefinition>> = {
  Transpose: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Transpose");
      const perm = list(attributes, "perm");
      if (perm.length !== x.shape.length || new Set(perm).size !== perm.length) {
        throw mismatch("Transpose", `perm [${perm.join(", ")}] does not fit the shape [${x.shape.join(", ")}]`);
      }
      return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] as number) }];
    },
    evaluate([x], attributes, types) {
      const strides = stridesOf((x as Array64).shape);
      const turned = list(attributes, "perm").map((axis) => strides[axis] as number);
      return [pick(x as Array64, (types[0] as { shape: Shape }).shape, turned)];
    },
  },
  Reshape: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Reshape");
      const shape = list(attributes, "shape");
      if (elementCount(shape) !== elementCount(x.shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
        throw mismatch("Reshape", `[${x.shape.join(", ")}] cannot become [${shape.join(", ")}]`);
      }
      return [{ dtype: x.dtype, shape }];
    },
    evaluate: ([x], attributes) => [{ shape: list(attributes, "shape"), data: (x as Array64).data }],
  },
  Expand: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Expand");
      return [{ dtype: x.dtype, shape: broadcast(x.shape, list(attributes, "shape"), "Expand") }];
    },
    evaluate([x], _attributes, types) {
      const shape = (types[0] as { shape: Shape }).shape;
      return [pick(x as Array64, shape, broadcastStrides((x as Array64).shape, shape))];
    },
  },
  Concat: {
    infer(inputs, attributes) {
      const first = at(inputs, 0, "Concat");
      const axis = number(attributes, "axis");
      for (const other of inputs) {
        if (other.shape.length !== first.shape.length || other.shape.some((n, i) => i !== axis && n !== first.shape[i])) {
          throw mismatch("Concat", `[${first.shape.join(", ")}] and [${other.shape.join(", ")}] do not join along axis ${axis}`);
        }
      }
      const other = inputs.find(({ dtype }) => dtype !== first.dtype);
      if (other) throw mismatch("Concat", `element types ${first.dtype} and ${other.dtype} differ`);
      const joined = inputs.reduce((total, value) => total + (value.shape[axis] as number), 0);
      return [{ dtype: first.dtype, shape: replaced(first.shape, axis, joined) }];
    },
    evaluate(inputs, attributes, types) {
      const axis = number(attributes, "axis");
      const shape = (types[0] as { shape: Shape }).shape;
      const data = new Float64Array(elementCount(shape));
      const outer = elementCount(shape.slice(0, axis));
      const row = elementCount(shape.slice(axis));
      let start = 0;
      for (const value of inputs) {
        const part = elementCount(value.shape.slice(axis));
        for (let o = 0; o < outer; o++) data.set(value.data.subarray(o * part, (o + 1) * part), o * row + start);
        start += part;
      }
      return [{ shape, data }];
    },
  },
  Split: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Split");
      const axis = number(attributes, "axis");
      const sizes = list(attributes, "split");
      if (sizes.reduce((a, b) => a + b, 0) !== x.shape[axis]) {
        throw mismatch("Split", `parts [${sizes.join(", ")}] do not add up to ${x.shape[axis]} along axis ${axis}`);
      }
      return sizes.map((n) => ({ dtype: x.dtype, shape: replaced(x.shape, axis, n) }));
    },
    evaluate([x], attributes, types) {
      const axis = number(attributes, "axis");
      const strides = stridesOf((x as Array64).shape);
      let start = 0;
      return types.map(({ shape }) => {
        const part = pick(x as Array64, shape, strides, start * (strides[axis] as number));
        start += shape[axis] as number;
        return part;
      });
    },
  },
  Slice: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Slice");
      const axis = number(attributes, "axis");
      const [start, end, step] = [number(attributes, "start"), number(attributes, "end"), number(attributes, "step")];
      if (start < 0 || end > (x.shape[axis] as number) || step < 1) {
        throw mismatch("Slice", `${start}:${end}:${step} is outside axis ${axis} of [${x.shape.join(", ")}]`);
      }
      return [{ dtype: x.dtype, shape: replaced(x.shape, axis, sliceLength(attributes)) }];
    },
    evaluate([x], attributes, types) {
      const axis = number(attributes, "axis");
      const strides = stridesOf((x as Array64).shape);
      const stepped = strides.map((stride, i) => (i === axis ? stride * number(attributes, "step") : stride));
      const start = number(attributes, "start") * (strides[axis] as number);
      return [pick(x as Array64, (types[0] as { shape: Shape }).shape, stepped, start)];
    },
  },
  Pad: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Pad");
      const axis = number(attributes, "axis");
      const padded = (x.shape[axis] as number) + number(attributes, "before") + number(attributes, "after");
      return [{ dtype: x.dtype, shape: replaced(x.shape, axis, padded) }];
    },
    evaluate([x], attributes, types) {
      const axis = number(attributes, "axis");
      const shape = (types[0] as { shape: Shape }).shape;
      const value = x as Array64;
      const data = new Float64Array(elementCount(shape));
      const strides = stridesOf(shape);
      const to = offsets(value.shape, strides, number(attributes, "before") * (strides[axis] as number));
      for (let i = 0; i < to.length; i++) data[to[i] as number] = value.data[i] as number;
      return [{ shape, data }];
    },
  },
  Gather: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Gather");
      const indices = at(inputs, 1, "Gather");
      const axis = number(attributes, "axis");
      if (indices.dtype !== "int64" && indices.dtype !== "int32")
        throw mismatch("Gather", `indices must be int64 or int32, got ${indices.dtype}`);
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }];
    },
    evaluate([x, indices], attributes, types) {
      const axis = number(attributes, "axis");
      const value = x as Array64;
      const shape = (types[0] as { shape: Shape }).shape;
      const inner = elementCount(value.shape.slice(axis + 1));
      const count = value.shape[axis] as number;
      const outer = elementCount(value.shape.slice(0, axis));
      const rows = (indices as Array64).data;
      const data = new Float64Array(elementCount(shape));
      for (let o = 0; o < outer; o++) {
        for (let r = 0; r < rows.length; r++) {
          const row = (rows[r] as number) < 0 ? (rows[r] as number) + count : (rows[r] as number);
          if (!(row >= 0 && row < count)) throw mismatch("Gather", `there is no row ${rows[r]} of ${count} along axis ${axis}`);
          const from = (o * count + row) * inner;
          data.set(value.data.subarray(from, from + inner), (o * rows.length + r) * inner);
        }
      }
      return [{ shape, data }];
    },
  },
};
