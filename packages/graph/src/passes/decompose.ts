/** Writes composite ops out in plain ones: before differentiation, and for devices without the fused kernel. */
import type { Graph, GraphValue } from "@foley-control/core";
import * as f from "../ops/functions.js";
import { rewrite } from "./rewrite.js";

/** The same attention in plain ops: softmax(q·kᵀ·scale)·v per head. */
function decomposedAttention(q: GraphValue, k: GraphValue, v: GraphValue, heads: number, scale: number): GraphValue {
  const split = (x: GraphValue, perm: readonly number[]) => {
    const [batch, rows, width] = x.shape as readonly [number, number, number];
    return f.transpose(f.reshape(x, [batch, rows, heads, width / heads]), perm);
  };
  const weights = f.softmax(f.matmul(f.multiply(split(q, [0, 2, 1, 3]), scale), split(k, [0, 2, 3, 1])));
  const mixed = f.transpose(f.matmul(weights, split(v, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return f.reshape(mixed, [q.shape[0] as number, q.shape[1] as number, v.shape[2] as number]);
}

/** Replaces every `MultiHeadAttention` by matmul, softmax, matmul. */
export function decompose(source: Graph): Graph {
  return rewrite(source, {
    rule: (made, inputs) => {
      if (made.op !== "MultiHeadAttention") return undefined;
      const [q, k, v] = inputs as readonly [GraphValue, GraphValue, GraphValue];
      return [decomposedAttention(q, k, v, made.attributes.num_heads as number, made.attributes.scale as number)];
    },
  });
}
