/** One encoder layer that draws a group of tokens together into one (PyTorch's `nn.TransformerEncoderLayer`, norms first). */
import type { GraphValue } from "@foley-control/core";
import { feedForward, layerNorm, ops, packedAttention, parameter } from "@foley-control/graph";

const EPSILON = 1e-6;

/**
 * x [groups, tokens, width] → [groups, width]: what becomes of a class token put before each group. The layer is the only one, so nothing
 * but that token goes through its second half.
 *
 * @param name - Prefix of the layer's parameters
 * @param hidden - Width between its two linear layers
 */
export function aggregate(x: GraphValue, name: string, heads: number, hidden: number): GraphValue {
  const [groups, , width] = x.shape as readonly [number, number, number];
  const norm = (value: GraphValue, which: string) =>
    layerNorm(value, `${name}.${which}.weight`, `${name}.${which}.bias`, EPSILON);
  const token = ops.expand(parameter(`${name}.cls_token`, [1, 1, width]), [groups, 1, width]);
  const all = norm(ops.concat([token, x], 1), "norm1");
  const seen = ops.add(token, packedAttention(all, `${name}.self_attn`, { heads, queries: 1 }));
  const fed = feedForward(norm(seen, "norm2"), [`${name}.linear1`, `${name}.linear2`], hidden);
  return ops.reshape(ops.add(seen, fed), [groups, width]);
}
