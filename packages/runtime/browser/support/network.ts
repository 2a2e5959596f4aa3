/** A transformer block of the sizes that generation has, with its weights and input; the same in Node and in the page. */
import { memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { attention, graph, input, layerNorm, linear, ops } from "@foley-control/graph";

const rows = 80;
const width = 64;
const heads = 4;
const shapes: Readonly<Record<string, readonly number[]>> = {
  "norm.weight": [width],
  "qkv.weight": [3 * width, width],
  "out.weight": [width, width],
  "norm2.weight": [width],
  "up.weight": [4 * width, width],
  "up.bias": [4 * width],
  "down.weight": [width, 4 * width],
};

const numbers = (name: string, shape: readonly number[]): PlainTensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  const scale = 1 / Math.sqrt(shape.at(-1) ?? 1);
  return {
    dtype: "float32",
    shape,
    data: normalArray(3, ["browser-check", name], count).map((value) => (shape.length === 1 ? 1 + value / 10 : value * scale)),
  };
};

/** Weights of {@link block}. */
export const weights = memoryParameters(
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, numbers(name, shape)])),
);

/** Its input. */
export const x = numbers("x", [1, rows, width]);

/** x → y, both [1, 80, 64]. */
export function block() {
  const start = input("x", [1, rows, width]);
  const [q, k, v] = ops.split(linear(layerNorm(start, "norm.weight"), "qkv", 3 * width), [width, width, width], -1);
  if (!q || !k || !v) throw new RangeError("split into three gives three");
  const attended = ops.add(start, linear(attention(q, k, v, { heads }), "out", width));
  const hidden = ops.gelu(linear(layerNorm(attended, "norm2.weight"), "up", 4 * width, true));
  return graph("block", [start], { y: ops.add(attended, linear(hidden, "down", width)) });
}

const wide = 512;

/** Weights of {@link wideLayers}. */
export const wideWeights = memoryParameters({
  "a.weight": numbers("a.weight", [wide, wide]),
  "b.weight": numbers("b.weight", [wide, wide]),
  "norm.weight": numbers("norm.weight", [wide]),
});

/** Two layers that are wide enough for int8: `x` → `y`, both [1, 3, 512]. */
export function wideLayers() {
  const start = input("x", [1, 3, wide]);
  const hidden = ops.gelu(linear(layerNorm(start, "norm.weight"), "a", wide));
  return graph("wide layers", [start], { y: ops.add(start, linear(hidden, "b", wide)) });
}

/** Their input. */
export const wideInput = numbers("wide", [1, 3, wide]);
