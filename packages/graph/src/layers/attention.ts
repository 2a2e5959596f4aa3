/** Attention between packed heads, with rotary positions on either side. */
import type { GraphValue } from "@foley-control/core";
import { multiHeadAttention } from "../ops/functions.js";
import { type RotaryTables, rotary } from "./rotary.js";

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Number of heads that the last axis is split into. */
  readonly heads: number;
  /** Factor on q·k. Default 1/√(head width). */
  readonly scale?: number;
  /** Rotary tables of the query rows. */
  readonly queryRotary?: RotaryTables | undefined;
  /** Rotary tables of the key rows. */
  readonly keyRotary?: RotaryTables | undefined;
}

/** softmax(q·kᵀ·scale)·v on [batch, rows, heads·headWidth]; full, no mask. */
export function attention(q: GraphValue, k: GraphValue, v: GraphValue, options: AttentionOptions): GraphValue {
  const { heads, queryRotary, keyRotary } = options;
  const scale = options.scale ?? 1 / Math.sqrt((q.shape[2] as number) / heads);
  const turned = (x: GraphValue, tables: RotaryTables | undefined) => (tables ? rotary(x, heads, tables) : x);
  return multiHeadAttention(turned(q, queryRotary), turned(k, keyRotary), v, heads, scale);
}
