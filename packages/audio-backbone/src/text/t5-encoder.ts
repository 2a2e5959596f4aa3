/**
 * The encoder of T5 (Raffel et al. 2020; Hugging Face transformers `models/t5/modeling_t5.py`): pre-norm blocks with RMS norms,
 * attention without 1/√d and with a learned bias per head and relative position, no biases anywhere. Parameter names are those
 * of the Hugging Face checkpoints; the decoder of a full checkpoint is not read.
 */
import type { GraphValue } from "@foley-control/core";
import { constant, linear, maskedAttention, named, ops, parameter, queryKeyValue, rmsNorm, tanhGelu } from "@foley-control/graph";
import type { T5Config } from "./t5-config.js";

/**
 * Token rows of a padded text.
 *
 * @param ids - int64 [batch, length].
 * @param mask - float32 [batch, length], 1 for real tokens: no row attends to the others.
 * @returns [batch, length, width] after the final norm; rows of padding hold numbers that mean nothing.
 */
export function t5EncoderStates(config: T5Config, ids: GraphValue, mask: GraphValue): GraphValue {
  const [batch, length] = ids.shape as readonly [number, number];
  let x = named(ops.gather(parameter("shared.weight", [config.vocabulary, config.width]), ids, 0), "embedded");
  const bias = named(positionBias(config, length), "positionBias");
  const seen = ops.greater(ops.reshape(mask, [batch, 1, 1, length]), 0.5);
  for (let block = 0; block < config.layers; block++) {
    const name = `encoder.block.${block}`;
    const normed = norm(x, `${name}.layer.0.layer_norm`, config);
    x = ops.add(x, selfAttention(normed, `${name}.layer.0.SelfAttention`, config, bias, seen));
    x = named(x, `${name}.attention`);
    x = ops.add(x, feedForward(norm(x, `${name}.layer.1.layer_norm`, config), `${name}.layer.1.DenseReluDense`, config));
    x = named(x, name);
  }
  return norm(x, "encoder.final_layer_norm", config);
}

/**
 * The bucket of each relative position key − query: half of them for each direction; small distances have their own, larger ones
 * share logarithmically, from `maxDistance` on all share the last.
 */
export function relativePositionBucket(relative: number, buckets: number, maxDistance: number): number {
  const half = buckets / 2;
  const exact = Math.floor(half / 2);
  const distance = Math.abs(relative);
  const far = exact + Math.floor((Math.log(distance / exact) / Math.log(maxDistance / exact)) * (half - exact));
  return (relative > 0 ? half : 0) + (distance < exact ? distance : Math.min(far, half - 1));
}

/** [1, heads, length, length]: the table of block 0, which every block uses. */
function positionBias({ buckets, maxDistance, heads }: T5Config, length: number): GraphValue {
  const indices = new BigInt64Array(length * length);
  for (let query = 0; query < length; query++)
    for (let key = 0; key < length; key++)
      indices[query * length + key] = BigInt(relativePositionBucket(key - query, buckets, maxDistance));
  const table = parameter("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", [buckets, heads]);
  const rows = ops.gather(table, constant(indices, [1, length, length], "int64"), 0);
  return ops.transpose(rows, [0, 3, 1, 2]);
}

const norm = (x: GraphValue, name: string, { width, epsilon }: T5Config): GraphValue =>
  rmsNorm(x, parameter(`${name}.weight`, [width]), epsilon);

function selfAttention(x: GraphValue, name: string, config: T5Config, bias: GraphValue, seen: GraphValue): GraphValue {
  const { heads, headWidth, width } = config;
  const [q, k, v] = queryKeyValue(x, [`${name}.q`, `${name}.k`, `${name}.v`], heads * headWidth);
  return linear(maskedAttention(q, k, v, { heads, seen, bias, scale: 1 }), `${name}.o`, width);
}

function feedForward(x: GraphValue, name: string, { feedForward: kind, hidden, width }: T5Config): GraphValue {
  const inner =
    kind === "relu"
      ? ops.relu(linear(x, `${name}.wi`, hidden))
      : ops.multiply(tanhGelu(linear(x, `${name}.wi_0`, hidden)), linear(x, `${name}.wi_1`, hidden));
  return linear(inner, `${name}.wo`, width);
}
