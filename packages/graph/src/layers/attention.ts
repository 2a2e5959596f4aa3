/** Attention between packed heads, with rotary positions on either side. */
import type { GraphValue } from "@foley-control/core";
import { multiHeadAttention, reshape, transpose } from "../ops/functions.js";
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
  const headWidth = (q.shape[2] as number) / options.heads;
  const scale = options.scale ?? 1 / Math.sqrt(headWidth);
  return multiHeadAttention(
    turned(q, options.heads, options.queryRotary),
    turned(k, options.heads, options.keyRotary),
    v,
    options.heads,
    scale,
  );
}

function turned(x: GraphValue, heads: number, tables: RotaryTables | undefined): GraphValue {
  if (!tables) return x;
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const perHead = transpose(reshape(x, [batch, rows, heads, width / heads]), [0, 2, 1, 3]);
  return reshape(transpose(rotary(perHead, tables), [0, 2, 1, 3]), [batch, rows, width]);
}
