/** Feed-forward sublayers: plain GELU (V-JEPA 2) and SwiGLU (Shazeer 2020, Stable Audio). */
import type { GraphValue } from "@foley-control/core";
import { gelu, multiply, silu, split } from "../ops/functions.js";
import { linear } from "./linear.js";

/** fc2(GELU(fc1(x))), biased. `names` are the prefixes of the two linears. */
export function feedForward(x: GraphValue, names: readonly [string, string], hidden: number): GraphValue {
  return linear(gelu(linear(x, names[0], hidden, true)), names[1], x.shape[x.shape.length - 1] as number, true);
}

/** W₂(value ⊙ SiLU(gate)) with [value; gate] = W₁x, value half first; biased. */
export function gatedFeedForward(x: GraphValue, names: readonly [string, string], hidden: number): GraphValue {
  const both = linear(x, names[0], 2 * hidden, true);
  const [value, gate] = split(both, [hidden, hidden], -1) as readonly [GraphValue, GraphValue];
  return linear(multiply(value, silu(gate)), names[1], x.shape[x.shape.length - 1] as number, true);
}
