/**
 * RoBERTa (Liu et al. 2019; Hugging Face transformers `models/roberta/modeling_roberta.py`): post-norm blocks over learnt positions.
 * Parameter names are those of transformers, behind a prefix.
 */
import type { GraphValue } from "@foley-control/core";
import {
  constant,
  feedForward,
  float,
  layerNorm,
  linear,
  maskedAttention,
  named,
  ops,
  parameter,
  queryKeyValue,
} from "@foley-control/graph";
import type { TextTransformerConfig, TextTransformerNames } from "../text-transformer.js";

/** Id of padding; positions are counted on from it. */
const ROBERTA_PAD = 1;
const EPSILON = 1e-5;

/** Where transformers' checkpoints tell the sizes. */
export const ROBERTA_SIZES: TextTransformerNames = {
  words: "embeddings.word_embeddings.weight",
  positions: "embeddings.position_embeddings.weight",
  blocks: "encoder.layer.",
  hidden: ["intermediate.dense.weight", 0],
};

/**
 * Token rows of padded texts, and what the pooler makes of their first.
 *
 * @param ids - int64 [batch, length].
 * @param mask - float32 [batch, length], 1 for real tokens: no row attends to the others.
 * @returns `hidden` [batch, length, width], `pooled` [batch, width].
 */
export function roberta(ids: GraphValue, mask: GraphValue, config: TextTransformerConfig) {
  const { prefix, width, depth } = config;
  const [batch, length] = ids.shape as readonly [number, number];
  const norm = (x: GraphValue, name: string) =>
    layerNorm(x, `${prefix}${name}.LayerNorm.weight`, `${prefix}${name}.LayerNorm.bias`, EPSILON);
  const seen = ops.greater(ops.reshape(mask, [batch, 1, 1, length]), 0.5);
  let x = norm(embedded(ids, mask, config), "embeddings");
  for (let layer = 0; layer < depth; layer++) {
    const name = `encoder.layer.${layer}`;
    const attended = selfAttention(x, `${prefix}${name}.attention`, config, seen);
    x = norm(ops.add(x, attended), `${name}.attention.output`);
    const names = [`${prefix}${name}.intermediate.dense`, `${prefix}${name}.output.dense`] as const;
    x = named(norm(ops.add(x, feedForward(x, names, config.hidden)), `${name}.output`), `${prefix}${name}`);
  }
  const first = ops.reshape(ops.slice(x, 1, 0, 1), [batch, width]);
  return { hidden: x, pooled: ops.tanh(linear(first, `${prefix}pooler.dense`, width, true)) };
}

/** Words, positions and the one type of token. Real tokens are counted from behind the padding's id, padding stays on it. */
function embedded(
  ids: GraphValue,
  mask: GraphValue,
  { prefix, vocabulary, positions, width }: TextTransformerConfig,
): GraphValue {
  const length = ids.shape[1] as number;
  const table = (name: string, rows: number) => parameter(`${prefix}embeddings.${name}.weight`, [rows, width]);
  const upTo = Float32Array.from({ length: length * length }, (_, i) => (Math.floor(i / length) <= i % length ? 1 : 0));
  const counted = ops.multiply(ops.matmul(mask, float(upTo, [length, length])), mask);
  const places = ops.cast(ops.add(counted, ROBERTA_PAD), "int64");
  const type = ops.gather(table("token_type_embeddings", 1), constant(Int32Array.of(0), [1], "int32"));
  const words = ops.gather(table("word_embeddings", vocabulary), ids);
  return ops.add(ops.add(words, type), ops.gather(table("position_embeddings", positions), places));
}

function selfAttention(x: GraphValue, name: string, { width, heads }: TextTransformerConfig, seen: GraphValue): GraphValue {
  const [q, k, v] = queryKeyValue(x, [`${name}.self.query`, `${name}.self.key`, `${name}.self.value`], width, true);
  return linear(maskedAttention(q, k, v, { heads, seen }), `${name}.output.dense`, width, true);
}
