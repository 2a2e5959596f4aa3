/** Feed-forward sublayers: plain GELU (V-JEPA 2) and SwiGLU (Shazeer 2020, Stable Audio); the GELU that is not an op of its own. */
import type { GraphValue } from "@foley-control/core";
import { add, concat, gelu, multiply, sigmoid, silu, split, square, tanh } from "../ops/functions.js";
import { linear } from "./linear.js";

/**
 * Rows that {@link feedForward} widens at once. The hidden layer of V-JEPA 2's 8192 tokens is 128 MiB, twice over with its GELU; in
 * pieces of this many rows it stays near the processor's caches, which saves an eighth of the time as well.
 */
const ROWS_AT_ONCE = 1024;

/** fc2(GELU(fc1(x))), biased, on [..., rows, width]. `names` are the prefixes of the two linears. */
export function feedForward(x: GraphValue, names: readonly [string, string], hidden: number): GraphValue {
  const [rows, width] = x.shape.slice(-2) as [number, number];
  const feed = (part: GraphValue) => linear(gelu(linear(part, names[0], hidden, true)), names[1], width, true);
  if (rows <= ROWS_AT_ONCE) return feed(x);
  const axis = x.shape.length - 2;
  const sizes = Array.from({ length: Math.ceil(rows / ROWS_AT_ONCE) }, (_, i) => Math.min(ROWS_AT_ONCE, rows - i * ROWS_AT_ONCE));
  return concat(split(x, sizes, axis).map(feed), axis);
}

/** W₂(value ⊙ SiLU(gate)) with [value; gate] = W₁x, value half first; biased. */
export function gatedFeedForward(x: GraphValue, names: readonly [string, string], hidden: number): GraphValue {
  const both = linear(x, names[0], 2 * hidden, true);
  const [value, gate] = split(both, [hidden, hidden], -1) as readonly [GraphValue, GraphValue];
  return linear(multiply(value, silu(gate)), names[1], x.shape[x.shape.length - 1] as number, true);
}

/** GELU in the tanh form (Hendrycks & Gimpel 2016), which GPT-2 and T5 1.1 were trained with. */
export function tanhGelu(x: GraphValue): GraphValue {
  const bent = multiply(add(x, multiply(multiply(square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return multiply(multiply(x, 0.5), add(tanh(bent), 1));
}

/** x·sigmoid(1.702·x): a GELU that is quick to compute (Hendrycks & Gimpel 2016), which CLIP was trained with. */
export const quickGelu = (x: GraphValue): GraphValue => multiply(x, sigmoid(multiply(x, 1.702)));
