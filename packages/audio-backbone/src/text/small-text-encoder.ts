/** The small text encoder: word embeddings and two pre-norm blocks, trained together with the small denoiser. */
import type { Graph, GraphValue, ParameterSource, TextEncoder } from "@foley-control/core";
import {
  attention,
  feedForward,
  graph,
  input,
  layerNorm,
  linear,
  ops,
  parameter,
  queryKeyValue,
  rotaryTables,
} from "@foley-control/graph";
import { FIRST_WORD_ID, wordTokeniser } from "./word-tokeniser.js";

/** Network of the small text encoder. */
export interface SmallTextEncoderConfig {
  /** Words, in the order of their ids. */
  readonly vocabulary: readonly string[];
  /** Rows, padding included. */
  readonly length: number;
  /** Width of a token row. */
  readonly width: number;
  /** Number of blocks. */
  readonly layers: number;
  /** Heads of each block. */
  readonly heads: number;
}

/** Graph: `ids` [batch, length], `mask` [batch, length] → `tokens` [batch, length, width], padding rows zero. */
function smallTextEncoderGraph(config: SmallTextEncoderConfig, batch = 1): Graph {
  const ids = input("ids", [batch, config.length], "int64");
  const mask = input("mask", [batch, config.length]);
  return graph("text-encoder", [ids, mask], { tokens: smallTextEncoderTokens(config, ids, mask) });
}

/** The same as values, for a training graph that holds more than the encoder. */
export function smallTextEncoderTokens(config: SmallTextEncoderConfig, ids: GraphValue, mask: GraphValue): GraphValue {
  const { width, heads } = config;
  const table = parameter("text.embedding.weight", [config.vocabulary.length + FIRST_WORD_ID, width]);
  let x = ops.gather(table, ids, 0);
  const tables = rotaryTables([...new Array(config.length).keys()], width / heads);
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `text.layers.${layer}`;
    const normed = layerNorm(x, `${name}.norm1.weight`, `${name}.norm1.bias`);
    const [q, k, v] = queryKeyValue(normed, `${name}.qkv`, width);
    x = ops.add(x, linear(attention(q, k, v, { heads, queryRotary: tables, keyRotary: tables }), `${name}.out`, width));
    const again = layerNorm(x, `${name}.norm2.weight`, `${name}.norm2.bias`);
    x = ops.add(x, feedForward(again, [`${name}.fc1`, `${name}.fc2`], 2 * width));
  }
  const tokens = layerNorm(x, "text.norm.weight", "text.norm.bias");
  return ops.multiply(tokens, ops.reshape(mask, [mask.shape[0] as number, config.length, 1]));
}

/** The small text encoder as a part. */
export function smallTextEncoder(weights: ParameterSource, config: SmallTextEncoderConfig): TextEncoder {
  const tokeniser = wordTokeniser(config.vocabulary, config.length);
  return {
    specificationVersion: "v1",
    kind: "text-encoder",
    id: "foley-control/small-text-encoder@1",
    length: config.length,
    tokenWidth: config.width,
    padding: "zero",
    weights,
    tokenise: (text) => tokeniser.encode(text),
    graph: (options) => smallTextEncoderGraph(config, options?.batch ?? 1),
  };
}
