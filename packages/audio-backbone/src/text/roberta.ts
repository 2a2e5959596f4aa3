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

/** Id of padding; positions are counted on from it. */
const ROBERTA_PAD = 1;

/** What shapes the network. */
export interface RobertaConfig {
  /** Prefix of all parameter names, e.g. `"text_branch."`. */
  readonly prefix: string;
  /** Ids that have an embedding. */
  readonly vocabulary: number;
  /** Rows of the position table; the first two are no token's. */
  readonly positions: number;
  /** Width of a row. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the blocks' hidden layer. */
  readonly hidden: number;
  /** Epsilon of the norms. */
  readonly epsilon: number;
}

/** What a text is to the network. */
export interface RobertaStates {
  /** Behind the embeddings, then behind each block: [batch, length, width]. Rows of padding hold numbers that mean nothing. */
  readonly states: readonly GraphValue[];
  /** What the pooler makes of the first row: [batch, width]. */
  readonly pooled: GraphValue;
}

/**
 * Token rows of padded texts, and what the pooler makes of their first.
 *
 * @param ids - int64 [batch, length].
 * @param mask - float32 [batch, length], 1 for real tokens: no row attends to the others.
 */
export function roberta(ids: GraphValue, mask: GraphValue, config: RobertaConfig): RobertaStates {
  const { prefix, width, depth, epsilon } = config;
  const [batch, length] = ids.shape as readonly [number, number];
  const norm = (x: GraphValue, name: string) =>
    layerNorm(x, `${prefix}${name}.LayerNorm.weight`, `${prefix}${name}.LayerNorm.bias`, epsilon);
  const seen = ops.greater(ops.reshape(mask, [batch, 1, 1, length]), 0.5);
  let x = named(norm(embedded(ids, config), "embeddings"), `${prefix}embeddings`);
  const states = [x];
  for (let layer = 0; layer < depth; layer++) {
    const name = `encoder.layer.${layer}`;
    const attended = selfAttention(x, `${prefix}${name}.attention`, config, seen);
    x = norm(ops.add(x, attended), `${name}.attention.output`);
    const names = [`${prefix}${name}.intermediate.dense`, `${prefix}${name}.output.dense`] as const;
    x = named(norm(ops.add(x, feedForward(x, names, config.hidden)), `${name}.output`), `${prefix}${name}`);
    states.push(x);
  }
  const first = ops.reshape(ops.slice(x, 1, 0, 1), [batch, width]);
  return { states, pooled: ops.tanh(linear(first, `${prefix}pooler.dense`, width, true)) };
}

/**
 * Words, positions and the one type of token. Tokens are counted from behind the padding's id, and padding stays on it: also where a text says
 * `<pad>` itself, which is seen like any word.
 */
function embedded(ids: GraphValue, { prefix, vocabulary, positions, width }: RobertaConfig): GraphValue {
  const length = ids.shape[1] as number;
  const table = (name: string, rows: number) => parameter(`${prefix}embeddings.${name}.weight`, [rows, width]);
  const upTo = Float32Array.from({ length: length * length }, (_, i) => (Math.floor(i / length) <= i % length ? 1 : 0));
  const words = ops.gather(table("word_embeddings", vocabulary), ids);
  const counts = ops.where(
    ops.equal(ids, constant(BigInt64Array.of(BigInt(ROBERTA_PAD)), [1], "int64")),
    0,
    float(new Float32Array(length).fill(1)),
  );
  const counted = ops.multiply(ops.matmul(counts, float(upTo, [length, length])), counts);
  const places = ops.cast(ops.add(counted, ROBERTA_PAD), "int64");
  const type = ops.gather(table("token_type_embeddings", 1), constant(Int32Array.of(0), [1], "int32"));
  return ops.add(ops.add(words, type), ops.gather(table("position_embeddings", positions), places));
}

function selfAttention(x: GraphValue, name: string, { width, heads }: RobertaConfig, seen: GraphValue): GraphValue {
  const [q, k, v] = queryKeyValue(x, [`${name}.self.query`, `${name}.self.key`, `${name}.self.value`], width, true);
  return linear(maskedAttention(q, k, v, { heads, seen }), `${name}.output.dense`, width, true);
}
