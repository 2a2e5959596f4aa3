/**
 * RoBERTa (Liu et al. 2019; Hugging Face transformers `models/roberta/modeling_roberta.py`): post-norm blocks over learnt positions.
 * Parameter names are those of transformers, behind a prefix.
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { constant, feedForward, float, layerNorm, linear, named, ops, parameter } from "@foley-control/graph";
import { countNumbered, headsOf, shapeOf } from "./read-weights.js";
import type { NetworkRelease } from "./release.js";

/** Sizes of the network. */
export interface RobertaConfig {
  /** Prefix of all parameter names, e.g. `"text_branch."`. */
  readonly prefix: string;
  /** Width of a token. */
  readonly width: number;
  /** Hidden width of the feed-forward. */
  readonly hidden: number;
  /** Number of blocks. */
  readonly layers: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Rows of the embedding table. */
  readonly vocabulary: number;
  /** Rows of the position table, the two before the first token included. */
  readonly positions: number;
}

/** Id of padding; positions are counted on from it. */
export const ROBERTA_PAD = 1;
const EPSILON = 1e-5;
/** float32's lowest number: what a key that is masked scores. */
const MASKED = -3.4028234663852886e38;

/**
 * Reads the configuration off the shapes.
 *
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when a tensor that tells a size is missing, `invalid-argument` when the heads do not divide the width
 */
export function robertaConfig(
  weights: ParameterSource,
  prefix: string,
  release: NetworkRelease,
  heads: number | undefined,
): RobertaConfig {
  const shape = (name: string) => shapeOf(weights, `${prefix}${name}`, 2, release) as readonly [number, number];
  const [vocabulary, width] = shape("embeddings.word_embeddings.weight");
  return {
    prefix,
    width,
    vocabulary,
    positions: shape("embeddings.position_embeddings.weight")[0],
    hidden: shape("encoder.layer.0.intermediate.dense.weight")[0],
    layers: countNumbered(weights, `${prefix}encoder.layer.`),
    heads: headsOf(width, heads),
  };
}

/**
 * Token rows of padded texts, and what the pooler makes of their first.
 *
 * @param ids - int64 [batch, length].
 * @param mask - float32 [batch, length], 1 for real tokens: no row attends to the others.
 * @returns `hidden` [batch, length, width], `pooled` [batch, width].
 */
export function roberta(ids: GraphValue, mask: GraphValue, config: RobertaConfig) {
  const { prefix, width, layers } = config;
  const [batch, length] = ids.shape as readonly [number, number];
  const norm = (x: GraphValue, name: string) =>
    layerNorm(x, `${prefix}${name}.LayerNorm.weight`, `${prefix}${name}.LayerNorm.bias`, EPSILON);
  const seen = ops.greater(ops.reshape(mask, [batch, 1, 1, length]), 0.5);
  let x = norm(embedded(ids, mask, config), "embeddings");
  for (let layer = 0; layer < layers; layer++) {
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
function embedded(ids: GraphValue, mask: GraphValue, { prefix, vocabulary, positions, width }: RobertaConfig): GraphValue {
  const length = ids.shape[1] as number;
  const table = (name: string, rows: number) => parameter(`${prefix}embeddings.${name}.weight`, [rows, width]);
  const upTo = Float32Array.from({ length: length * length }, (_, i) => (Math.floor(i / length) <= i % length ? 1 : 0));
  const counted = ops.multiply(ops.matmul(mask, float(upTo, [length, length])), mask);
  const places = ops.cast(ops.add(counted, ROBERTA_PAD), "int64");
  const type = ops.gather(table("token_type_embeddings", 1), constant(Int32Array.of(0), [1], "int32"));
  const words = ops.gather(table("word_embeddings", vocabulary), ids);
  return ops.add(ops.add(words, type), ops.gather(table("position_embeddings", positions), places));
}

function selfAttention(x: GraphValue, name: string, { width, heads }: RobertaConfig, seen: GraphValue): GraphValue {
  const [batch, length] = x.shape as readonly [number, number, number];
  const perHead = (which: string, order: readonly number[]) =>
    ops.transpose(ops.reshape(linear(x, `${name}.self.${which}`, width, true), [batch, length, heads, width / heads]), order);
  const q = ops.multiply(perHead("query", [0, 2, 1, 3]), Math.sqrt(heads / width));
  const scores = ops.where(seen, ops.matmul(q, perHead("key", [0, 2, 3, 1])), MASKED);
  const mixed = ops.transpose(ops.matmul(ops.softmax(scores), perHead("value", [0, 2, 1, 3])), [0, 2, 1, 3]);
  return linear(ops.reshape(mixed, [batch, length, width]), `${name}.output.dense`, width, true);
}
