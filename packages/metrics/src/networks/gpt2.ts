/**
 * GPT-2 (Radford et al. 2019; Hugging Face transformers `models/gpt2/modeling_gpt2.py`): pre-norm blocks, each row of which attends to
 * itself and those before it. Parameter names are those of transformers, behind a prefix; weights are stored [in, out].
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { constant, layerNorm, named, ops, parameter } from "@foley-control/graph";
import { countNumbered, headsOf, shapeOf } from "./read-weights.js";
import type { NetworkRelease } from "./release.js";

/** Sizes of the network. */
export interface Gpt2Config {
  /** Prefix of all parameter names, e.g. `"caption_encoder.base."`. */
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
  /** Rows of the position table. */
  readonly positions: number;
}

/** float32's lowest number: what a row that lies ahead scores. */
const MASKED = -3.4028234663852886e38;

/** Tensors of a release that the graph does not read: the triangle of who may attend to whom. */
export const GPT2_UNREAD = /\.attn\.(bias|masked_bias)$/;

/**
 * Reads the configuration off the shapes.
 *
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when a tensor that tells a size is missing, `invalid-argument` when the heads do not divide the width
 */
export function gpt2Config(
  weights: ParameterSource,
  prefix: string,
  release: NetworkRelease,
  heads: number | undefined,
): Gpt2Config {
  const shape = (name: string) => shapeOf(weights, `${prefix}${name}`, 2, release) as readonly [number, number];
  const [vocabulary, width] = shape("wte.weight");
  return {
    prefix,
    width,
    vocabulary,
    positions: shape("wpe.weight")[0],
    hidden: shape("h.0.mlp.c_fc.weight")[1],
    layers: countNumbered(weights, `${prefix}h.`),
    heads: headsOf(width, heads),
  };
}

/**
 * Token rows of texts. No mask is needed for padding behind a text: its own rows never see it.
 *
 * @param ids - int64 [batch, length].
 * @returns [batch, length, width].
 */
export function gpt2(ids: GraphValue, config: Gpt2Config): GraphValue {
  const { prefix, width, hidden, layers, vocabulary, positions } = config;
  const length = ids.shape[1] as number;
  const norm = (x: GraphValue, name: string) => layerNorm(x, `${prefix}${name}.weight`, `${prefix}${name}.bias`);
  const places = ops.slice(parameter(`${prefix}wpe.weight`, [positions, width]), 0, 0, length);
  let x = ops.add(ops.gather(parameter(`${prefix}wte.weight`, [vocabulary, width]), ids), places);
  for (let layer = 0; layer < layers; layer++) {
    const name = `h.${layer}`;
    x = ops.add(x, selfAttention(norm(x, `${name}.ln_1`), `${prefix}${name}.attn`, config));
    const wide = transposedLinear(norm(x, `${name}.ln_2`), `${prefix}${name}.mlp.c_fc`, hidden);
    x = named(ops.add(x, transposedLinear(tanhGelu(wide), `${prefix}${name}.mlp.c_proj`, width)), `${prefix}${name}`);
  }
  return norm(x, "ln_f");
}

/** x·W + b with W [in, out]: transformers' `Conv1D`. */
function transposedLinear(x: GraphValue, name: string, width: number): GraphValue {
  const weight = parameter(`${name}.weight`, [x.shape[x.shape.length - 1] as number, width]);
  return ops.add(ops.matmul(x, weight), parameter(`${name}.bias`, [width]));
}

/** GELU by tanh, transformers' `gelu_new`; every other network of the metrics has the exact one. */
function tanhGelu(x: GraphValue): GraphValue {
  const inner = ops.multiply(ops.add(x, ops.multiply(ops.multiply(ops.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return ops.multiply(ops.multiply(x, 0.5), ops.add(ops.tanh(inner), 1));
}

function selfAttention(x: GraphValue, name: string, { width, heads }: Gpt2Config): GraphValue {
  const [batch, length] = x.shape as readonly [number, number, number];
  const packed = ops.split(transposedLinear(x, `${name}.c_attn`, 3 * width), [width, width, width], -1);
  const perHead = (which: 0 | 1 | 2, order: readonly number[]) =>
    ops.transpose(ops.reshape(packed[which] as GraphValue, [batch, length, heads, width / heads]), order);
  const q = ops.multiply(perHead(0, [0, 2, 1, 3]), Math.sqrt(heads / width));
  const scores = ops.where(notAhead(length), ops.matmul(q, perHead(1, [0, 2, 3, 1])), MASKED);
  const mixed = ops.transpose(ops.matmul(ops.softmax(scores), perHead(2, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return transposedLinear(ops.reshape(mixed, [batch, length, width]), `${name}.c_proj`, width);
}

/** bool [1, 1, length, length]: whether a row may attend to a column. */
const notAhead = (length: number): GraphValue => {
  const index = constant(
    Int32Array.from({ length }, (_, i) => i),
    [length],
    "int32",
  );
  return ops.greaterOrEqual(ops.reshape(index, [1, 1, length, 1]), ops.reshape(index, [1, 1, 1, length]));
};
