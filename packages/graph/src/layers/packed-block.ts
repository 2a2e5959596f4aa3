/** A transformer block as CLIP's code stores it (Radford et al. 2021; open_clip `ResidualAttentionBlock`): norms first, attention in one matrix, an MLP of four widths. */
import type { GraphValue } from "@foley-control/core";
import { add, gelu } from "../ops/functions.js";
import { quickGelu } from "./feed-forward.js";
import { layerNorm } from "./layer-norm.js";
import { linear } from "./linear.js";
import { packedAttention } from "./packed-attention.js";

/** Options of {@link packedBlock}. */
export interface PackedBlockOptions {
  /** Heads that the width is split into. */
  readonly heads: number;
  /** Width of the hidden layer. Default four times that of a row. */
  readonly hidden?: number | undefined;
  /** x·sigmoid(1.702·x), as OpenAI and DFN trained with, or the exact GELU. */
  readonly activation: "quick-gelu" | "gelu";
  /** bool, whether a query sees a key; stretches to [batch, heads, queries, keys]. Default: each sees all. */
  readonly seen?: GraphValue | undefined;
}

/**
 * x [batch, rows, width] → [batch, rows, width]. Parameters: `NAME.ln_1`, `NAME.attn` as in `packedAttention`, `NAME.ln_2`, `NAME.mlp.c_fc`,
 * `NAME.mlp.c_proj`.
 */
export function packedBlock(x: GraphValue, name: string, { heads, hidden, activation, seen }: PackedBlockOptions): GraphValue {
  const width = x.shape.at(-1) as number;
  const norm = (value: GraphValue, which: string) => layerNorm(value, `${name}.${which}.weight`, `${name}.${which}.bias`);
  const attended = add(x, packedAttention(norm(x, "ln_1"), `${name}.attn`, { heads, seen }));
  const opened = linear(norm(attended, "ln_2"), `${name}.mlp.c_fc`, hidden ?? 4 * width, true);
  const bent = activation === "gelu" ? gelu(opened) : quickGelu(opened);
  return add(attended, linear(bent, `${name}.mlp.c_proj`, width, true));
}
