/** Writes composite ops out in plain ones: before differentiation, and for devices without the fused kernel. */
import type { Graph, GraphValue } from "@foley-control/core";
import { decomposedAttention } from "../ops/attention.js";
import { rewrite } from "./rewrite.js";

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
