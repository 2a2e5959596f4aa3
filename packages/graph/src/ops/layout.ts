/** Ops that move elements without computing. */
import { FoleyError, type GraphValue, type Shape } from "@foley-control/core";
import { at, type Array64, type Attributes, broadcast, broadcastStrides, list, number, offsets, type OpDefinition, stridesOf } from "./definition.js";
import * as f from "./functions.js";
import { unbroadcast } from "./unbroadcast.js";
import { constant } from "../value.js";

const size = (shape: Shape) => shape.reduce((product, n) => product * n, 1);
const pick = (x: Array64, shape: Shape, strides: readonly number[], start = 0): Array64 => {
  const from = offsets(shape, strides, start);
  const data = new Float64Array(from.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[from[i] as number] as number;
  return { shape, data };
};
const replaced = (shape: Shape, axis: number, n: number): Shape => shape.map((old, i) => (i === axis ? n : old));
const sliceLength = (a: Attributes) => Math.max(0, Math.ceil((number(a, "end") - number(a, "start")) / number(a, "step")));

/** Rows of the op table. */
export const layoutOps: Readonly<Record<string, OpDefinition>> = {
  Transpose: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Transpose");
      const perm = list(attributes, "perm");
      if (perm.length !== x.shape.length || new Set(perm).size !== perm.length) {
        throw new FoleyError("shape-mismatch", `Transpose: perm [${perm.join(", ")}] does not fit the shape [${x.shape.join(", ")}].`);
      }
      return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] as number) }];
    },
    gradient({ gradients, attributes }) {
      const perm = list(attributes, "perm");
      const inverse = new Array<number>(perm.length);
      perm.forEach((axis, i) => {
        inverse[axis] = i;
      });
      return [gradients[0] && f.transpose(gradients[0], inverse)];
    },
    evaluate([x], attributes, types) {
      const strides = stridesOf((x as Array64).shape);
      return [pick(x as Array64, (types[0] as { shape: Shape }).shape, list(attributes, "perm").map((axis) => strides[axis] as number))];
    },
  },
  Reshape: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Reshape");
      const shape = list(attributes, "shape");
      if (size(shape) !== size(x.shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
        throw new FoleyError("shape-mismatch", `Reshape: [${x.shape.join(", ")}] cannot become [${shape.join(", ")}].`);
      }
      return [{ dtype: x.dtype, shape }];
    },
    gradient: ({ inputs, gradients }) => [gradients[0] && f.reshape(gradients[0], (inputs[0] as GraphValue).shape)],
    evaluate: ([x], attributes) => [{ shape: list(attributes, "shape"), data: (x as Array64).data }],
  },
  Expand: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Expand");
      return [{ dtype: x.dtype, shape: broadcast(x.shape, list(attributes, "shape"), "Expand") }];
    },
    gradient: ({ inputs, gradients }) => [gradients[0] && unbroadcast(gradients[0], (inputs[0] as GraphValue).shape)],
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
          throw new FoleyError("shape-mismatch", `Concat: [${first.shape.join(", ")}] and [${other.shape.join(", ")}] do not join along axis ${axis}.`);
        }
      }
      return [{ dtype: first.dtype, shape: replaced(first.shape, axis, inputs.reduce((total, value) => total + (value.shape[axis] as number), 0)) }];
    },
    gradient({ inputs, gradients, attributes, needs }) {
      const dy = gradients[0];
      if (!dy) return inputs.map(() => undefined);
      const axis = number(attributes, "axis");
      let start = 0;
      return inputs.map((value, i) => {
        const from = start;
        start += value.shape[axis] as number;
        return needs(i) ? f.slice(dy, axis, from, start) : undefined;
      });
    },
    evaluate(inputs, attributes, types) {
      const axis = number(attributes, "axis");
      const shape = (types[0] as { shape: Shape }).shape;
      const data = new Float64Array(size(shape));
      const outer = size(shape.slice(0, axis));
      const row = size(shape.slice(axis));
      let start = 0;
      for (const value of inputs) {
        const part = size(value.shape.slice(axis));
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
        throw new FoleyError("shape-mismatch", `Split: parts [${sizes.join(", ")}] do not add up to ${x.shape[axis]} along axis ${axis}.`);
      }
      return sizes.map((n) => ({ dtype: x.dtype, shape: replaced(x.shape, axis, n) }));
    },
    gradient({ outputs, gradients, attributes }) {
      if (gradients.every((gradient) => gradient === undefined)) return [undefined];
      const parts = outputs.map((part, i) => gradients[i] ?? constant(new Float32Array(size(part.shape)), part.shape, "float32"));
      return [f.concat(parts, number(attributes, "axis"))];
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
        throw new FoleyError("shape-mismatch", `Slice: ${start}:${end}:${step} is outside axis ${axis} of [${x.shape.join(", ")}].`);
      }
      return [{ dtype: x.dtype, shape: replaced(x.shape, axis, sliceLength(attributes)) }];
    },
    gradient({ inputs, gradients, attributes }) {
      const dy = gradients[0];
      if (!dy) return [undefined];
      const x = inputs[0] as GraphValue;
      const axis = number(attributes, "axis");
      const [start, step] = [number(attributes, "start"), number(attributes, "step")];
      const n = sliceLength(attributes);
      let spread = dy;
      if (step > 1) {
        // Put step − 1 zeros behind every element, then cut to the length of the span.
        const shape = dy.shape;
        const lifted = f.pad(f.reshape(dy, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]), axis + 1, 0, step - 1);
        spread = f.slice(f.reshape(lifted, replaced(shape, axis, n * step)), axis, 0, (n - 1) * step + 1);
      }
      const span = spread.shape[axis] as number;
      return [f.pad(spread, axis, start, (x.shape[axis] as number) - start - span)];
    },
    evaluate([x], attributes, types) {
      const axis = number(attributes, "axis");
      const strides = stridesOf((x as Array64).shape);
      const stepped = strides.map((stride, i) => (i === axis ? stride * number(attributes, "step") : stride));
      return [pick(x as Array64, (types[0] as { shape: Shape }).shape, stepped, number(attributes, "start") * (strides[axis] as number))];
    },
  },
  Pad: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "Pad");
      const axis = number(attributes, "axis");
      return [{ dtype: x.dtype, shape: replaced(x.shape, axis, (x.shape[axis] as number) + number(attributes, "before") + number(attributes, "after")) }];
    },
    gradient({ inputs, gradients, attributes }) {
      const axis = number(attributes, "axis");
      const before = number(attributes, "before");
      return [gradients[0] && f.slice(gradients[0], axis, before, before + ((inputs[0] as GraphValue).shape[axis] as number))];
    },
    evaluate([x], attributes, types) {
      const axis = number(attributes, "axis");
      const shape = (types[0] as { shape: Shape }).shape;
      const value = x as Array64;
      const data = new Float64Array(size(shape));
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
      if (indices.dtype !== "int64" && indices.dtype !== "int32") throw new FoleyError("shape-mismatch", `Gather: indices must be int64 or int32, got ${indices.dtype}.`);
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }];
    },
    gradient({ inputs, gradients, attributes, needs }) {
      const dy = gradients[0];
      const [x, indices] = inputs as readonly [GraphValue, GraphValue];
      if (!dy || !needs(0)) return [undefined, undefined];
      // A scatter-add as a product with the one-hot matrix: standard ops only, and fast for vocabularies of this size.
      const axis = number(attributes, "axis");
      const count = x.shape[axis] as number;
      const rows = indices.shape.reduce((product, n) => product * n, 1);
      const range = indices.dtype === "int64" ? constant(BigInt64Array.from({ length: count }, (_, i) => BigInt(i)), [count, 1], "int64") : constant(Int32Array.from({ length: count }, (_, i) => i), [count, 1], "int32");
      const oneHot = f.cast(f.equal(range, f.reshape(indices, [1, rows])), "float32");
      const outer = x.shape.slice(0, axis).reduce((product, n) => product * n, 1);
      const inner = x.shape.slice(axis + 1).reduce((product, n) => product * n, 1);
      return [f.reshape(f.matmul(oneHot, f.reshape(dy, outer === 1 ? [rows, inner] : [outer, rows, inner])), x.shape), undefined];
    },
    evaluate([x, indices], attributes, types) {
      const axis = number(attributes, "axis");
      const value = x as Array64;
      const shape = (types[0] as { shape: Shape }).shape;
      const inner = size(value.shape.slice(axis + 1));
      const count = value.shape[axis] as number;
      const outer = size(value.shape.slice(0, axis));
      const rows = (indices as Array64).data;
      const data = new Float64Array(size(shape));
      for (let o = 0; o < outer; o++) {
        for (let r = 0; r < rows.length; r++) {
          const row = (rows[r] as number) < 0 ? (rows[r] as number) + count : (rows[r] as number);
          const from = (o * count + row) * inner;
          data.set(value.data.subarray(from, from + inner), (o * rows.length + r) * inner);
        }
      }
      return [{ shape, data }];
    },
  },
};
