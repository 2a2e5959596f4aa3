/** Layers that the networks of Stable Audio 3 share: conditioning MLPs, the norm without statistics, attention that is a difference. */
import type { GraphValue } from "@foley-control/core";
import { attention, linear, ops, parameter, type RotaryTables } from "@foley-control/graph";

/** W₂·SiLU(W₀·x), named `NAME.0` and `NAME.2`. */
export function projected(x: GraphValue, name: string, width: number, { bias = false, to = width } = {}): GraphValue {
  return linear(ops.silu(linear(x, `${name}.0`, width, bias)), `${name}.2`, to, bias);
}

/**
 * γ·tanh(α·x) + β in place of a norm (Zhu et al. 2025, "Transformers without Normalization"), over the last axis.
 *
 * @param x - [..., width].
 */
export function dynamicTanh(x: GraphValue, name: string): GraphValue {
  const width = [x.shape.at(-1) as number];
  const bent = ops.tanh(ops.multiply(x, parameter(`${name}.alpha`, [1])));
  return ops.add(ops.multiply(bent, parameter(`${name}.gamma`, width)), parameter(`${name}.beta`, width));
}

/**
 * Self-attention less a second one with queries and keys of its own and the same values (Ye et al. 2024, without their λ): both are named
 * NAME, queries and keys of either go through the same norm of each head.
 *
 * @param x - [batch, rows, width].
 */
export function differentialAttention(
  x: GraphValue,
  name: string,
  { heads, rotary: tables }: { readonly heads: number; readonly rotary: RotaryTables },
): GraphValue {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const parts = ops.split(linear(x, `${name}.to_qkv`, 5 * width), new Array<number>(5).fill(width), -1);
  const [q, k, v, otherQ, otherK] = parts as readonly [GraphValue, GraphValue, GraphValue, GraphValue, GraphValue];
  const normed = (part: GraphValue, norm: string): GraphValue =>
    ops.reshape(dynamicTanh(ops.reshape(part, [batch, rows, heads, width / heads]), `${name}.${norm}`), [batch, rows, width]);
  const attended = (query: GraphValue, key: GraphValue): GraphValue =>
    attention(normed(query, "q_norm"), normed(key, "k_norm"), v, { heads, queryRotary: tables, keyRotary: tables });
  return linear(ops.subtract(attended(q, k), attended(otherQ, otherK)), `${name}.to_out`, width);
}
