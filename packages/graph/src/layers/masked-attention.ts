/** Attention that does not look everywhere: at padding, or ahead. What text encoders are made of; no runtime has a fused kernel for it. */
import type { GraphValue } from "@foley-control/core";
import { add, divide, matmul, multiply, reshape, softmax, tanh, transpose, where } from "../ops/functions.js";

/** float32's lowest number: what a key that is not seen scores. */
const UNSEEN = -3.4028234663852886e38;

/** Options of {@link maskedAttention}. */
export interface MaskedAttentionOptions {
  /** Number of heads that the last axis is split into. */
  readonly heads: number;
  /** bool, whether a query sees a key; stretches to [batch, heads, queries, keys]. */
  readonly seen: GraphValue;
  /** Added to the scores; stretches likewise. */
  readonly bias?: GraphValue | undefined;
  /** Scores are bent to stay within so much of 0: cap·tanh(score / cap), as Gemma does. Default: they are not. */
  readonly cap?: number | undefined;
  /** Factor on q. Default 1/√(head width). */
  readonly scale?: number;
}

/** softmax(q·scale·kᵀ (capped) + bias, unseen keys at float32's lowest)·v on [batch, rows, heads·headWidth]. */
export function maskedAttention(q: GraphValue, k: GraphValue, v: GraphValue, options: MaskedAttentionOptions): GraphValue {
  const { heads, seen, bias, cap } = options;
  const [batch, queries, width] = q.shape as readonly [number, number, number];
  const { scale = Math.sqrt(heads / width) } = options;
  const perHead = (x: GraphValue, order: readonly number[]) =>
    transpose(reshape(x, [batch, x.shape[1] as number, heads, width / heads]), order);
  // Beside the product, where ONNX Runtime makes one op of both.
  const asked = perHead(q, [0, 2, 1, 3]);
  const products = matmul(scale === 1 ? asked : multiply(asked, scale), perHead(k, [0, 2, 3, 1]));
  const scores = cap === undefined ? products : multiply(tanh(divide(products, cap)), cap);
  const weights = softmax(where(seen, bias ? add(scores, bias) : scores, UNSEEN));
  return reshape(transpose(matmul(weights, perHead(v, [0, 2, 1, 3])), [0, 2, 1, 3]), [batch, queries, width]);
}
