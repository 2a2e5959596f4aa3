/** Gradients of the ops that move elements: each moves them back. */
import { elementCount, type GraphValue, type Shape } from "@foley-control/core";
import { list, number } from "../ops/definition.js";
import * as f from "../ops/functions.js";
import { replaced, sliceLength } from "../ops/layout.js";
import { constant } from "../value.js";
import { type GradientRule, rule } from "./rule.js";
import { unbroadcast } from "./unbroadcast.js";

/** Puts step − 1 zeros between the elements of an axis. */
function spread(dy: GraphValue, axis: number, step: number): GraphValue {
  const n = dy.shape[axis] as number;
  if (step === 1 || n < 2) return dy;
  const lifted = f.reshape(dy, [...dy.shape.slice(0, axis + 1), 1, ...dy.shape.slice(axis + 1)]);
  const padded = f.reshape(f.pad(lifted, axis + 1, 0, step - 1), replaced(dy.shape, axis, n * step));
  return f.slice(padded, axis, 0, (n - 1) * step + 1);
}

/** Indices as [1, n], counted from the start. */
function positions(indices: GraphValue, count: number): GraphValue {
  const flat = f.reshape(indices, [1, elementCount(indices.shape)]);
  return f.where(f.greater(integers([0], [], flat), flat), f.add(flat, integers([count], [], flat)), flat);
}

const integers = (values: readonly number[], shape: Shape, like: GraphValue): GraphValue =>
  like.dtype === "int64"
    ? constant(BigInt64Array.from(values, BigInt), shape, "int64")
    : constant(Int32Array.from(values), shape, "int32");

/** Rows of the gradient table. */
export const layoutGradients: Readonly<Record<string, GradientRule | null>> = {
  Transpose: rule((dy, { attributes }) => {
    const perm = list(attributes, "perm");
    return [
      f.transpose(
        dy,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ];
  }),
  Reshape: rule((dy, { inputs }) => [f.reshape(dy, (inputs[0] as GraphValue).shape)]),
  Expand: rule((dy, { inputs }) => [unbroadcast(dy, (inputs[0] as GraphValue).shape)]),
  Concat: rule((dy, { inputs, attributes, needs }) => {
    const axis = number(attributes, "axis");
    let start = 0;
    return inputs.map((value, i) => {
      const from = start;
      start += value.shape[axis] as number;
      return needs(i) ? f.slice(dy, axis, from, start) : undefined;
    });
  }),
  Split: ({ outputs, gradients, attributes }) => [
    f.concat(
      outputs.map((part, i) => gradients[i] ?? f.zeros(part.shape, part.dtype)),
      number(attributes, "axis"),
    ),
  ],
  Slice: rule((dy, { inputs, attributes }) => {
    const x = inputs[0] as GraphValue;
    const axis = number(attributes, "axis");
    if (sliceLength(attributes) === 0) return [f.zeros(x.shape, x.dtype)];
    const start = number(attributes, "start");
    const back = spread(dy, axis, number(attributes, "step"));
    return [f.pad(back, axis, start, (x.shape[axis] as number) - start - (back.shape[axis] as number))];
  }),
  Pad: rule((dy, { inputs, attributes }) => {
    const axis = number(attributes, "axis");
    const before = number(attributes, "before");
    return [f.slice(dy, axis, before, before + ((inputs[0] as GraphValue).shape[axis] as number))];
  }),
  // A scatter-add as a product with the one-hot matrix: standard ops only, and fast for vocabularies of this size.
  Gather: rule((dy, { inputs, attributes, needs }) => {
    if (!needs(0)) return [];
    const [x, indices] = inputs as readonly [GraphValue, GraphValue];
    const axis = number(attributes, "axis");
    const count = x.shape[axis] as number;
    const rows = elementCount(indices.shape);
    const range = integers(
      Array.from({ length: count }, (_, i) => i),
      [count, 1],
      indices,
    );
    const oneHot = f.cast(f.equal(range, positions(indices, count)), x.dtype);
    const outer = elementCount(x.shape.slice(0, axis));
    const inner = elementCount(x.shape.slice(axis + 1));
    return [f.reshape(f.matmul(oneHot, f.reshape(dy, outer === 1 ? [rows, inner] : [outer, rows, inner])), x.shape)];
  }),
};
