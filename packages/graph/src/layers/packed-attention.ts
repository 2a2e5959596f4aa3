/** Attention as PyTorch's `nn.MultiheadAttention` stores it: one matrix for queries, keys and values, without a `.weight` of its own. */
import type { GraphValue } from "@foley-control/core";
import { add, concat, expand, matmul, multiply, reshape, slice, softmax, split, transpose } from "../ops/functions.js";
import { parameter } from "../value.js";
import { attention } from "./attention.js";
import { linear } from "./linear.js";
import { maskedAttention } from "./masked-attention.js";

/** Options of {@link packedAttention}. */
export interface PackedAttentionOptions {
  /** Heads that the width is split into. */
  readonly heads: number;
  /** Whether a learnt key and value stand behind those of the rows (`add_bias_kv`). Default false. */
  readonly extraKey?: boolean;
  /** Leading rows that ask; the others are only looked at. Default: all. */
  readonly queries?: number;
  /** Rows [batch, questions, width] that ask in place of those of x. */
  readonly queriesFrom?: GraphValue | undefined;
  /** bool, whether a query sees a key; stretches to [batch, heads, queries, keys]. Default: each sees all. */
  readonly seen?: GraphValue | undefined;
}

/**
 * Self-attention of x [batch, rows, width] with a final linear layer: [batch, queries, width]. Parameters: `NAME.in_proj_weight`
 * [3·width, width], `NAME.in_proj_bias`, `NAME.out_proj.weight`, `NAME.out_proj.bias`, and `NAME.bias_k`, `NAME.bias_v` [1, 1, width] of
 * the extra key.
 */
export function packedAttention(x: GraphValue, name: string, options: PackedAttentionOptions): GraphValue {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const { heads, extraKey = false, queries = rows, queriesFrom, seen } = options;
  const asking = queriesFrom?.shape[1] ?? queries;
  if (!extraKey && !seen && 2 * asking * heads <= width) {
    const questions = queriesFrom ?? slice(x, 1, 0, queries);
    return linear(askedByFew(questions, x, name, heads), `${name}.out_proj`, width, true);
  }
  const weight = transpose(parameter(`${name}.in_proj_weight`, [3 * width, width]), [1, 0]);
  const bias = parameter(`${name}.in_proj_bias`, [3 * width]);
  const packed = (of: GraphValue) =>
    split(add(matmul(of, weight), bias), [width, width, width], 2) as readonly [GraphValue, GraphValue, GraphValue];
  const [own, k, v] = packed(x);
  const q = queriesFrom ? packed(queriesFrom)[0] : slice(own, 1, 0, queries);
  const longer = (value: GraphValue, which: string) =>
    extraKey ? concat([value, expand(parameter(`${name}.${which}`, [1, 1, width]), [batch, 1, width])], 1) : value;
  const parts = [q, longer(k, "bias_k"), longer(v, "bias_v")] as const;
  const mixed = seen ? maskedAttention(...parts, { heads, seen }) : attention(...parts, { heads });
  return linear(mixed, `${name}.out_proj`, width, true);
}

/**
 * Attention of few questions: rather than every row becoming a key and a value, questions become what the rows are compared with as they are,
 * (Wq·q)·(Wk·x) = (Wkᵀ·Wq·q)·x, and Wv is applied to the mean of the rows that was found. The keys' bias moves all scores of a question alike.
 */
function askedByFew(questions: GraphValue, x: GraphValue, name: string, heads: number): GraphValue {
  const [batch, asking, width] = questions.shape as readonly [number, number, number];
  const inner = width / heads;
  const weights = parameter(`${name}.in_proj_weight`, [3 * width, width]);
  const biases = parameter(`${name}.in_proj_bias`, [3 * width]);
  const [asks, keys, values] = [0, 1, 2].map((part) => slice(weights, 0, part * width, (part + 1) * width)) as [
    GraphValue,
    GraphValue,
    GraphValue,
  ];
  const perHead = (matrix: GraphValue) => reshape(matrix, [1, heads, inner, width]);
  const q = multiply(add(matmul(questions, transpose(asks, [1, 0])), slice(biases, 0, 0, width)), 1 / Math.sqrt(inner));
  const asked = matmul(transpose(reshape(q, [batch, asking, heads, inner]), [0, 2, 1, 3]), perHead(keys));
  const scores = matmul(reshape(asked, [batch, heads * asking, width]), transpose(x, [0, 2, 1]));
  const found = reshape(matmul(softmax(scores), x), [batch, heads, asking, width]);
  const mixed = matmul(found, transpose(perHead(values), [0, 1, 3, 2]));
  const joined = reshape(transpose(mixed, [0, 2, 1, 3]), [batch, asking, width]);
  return add(joined, slice(biases, 0, 2 * width, 3 * width));
}
