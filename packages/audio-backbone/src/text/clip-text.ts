/**
 * CLIP's words (Radford et al. 2021) under the names of open_clip, as MMAudio reads them: every row of the last norm brought to length 1, padding included, without
 * projection or pooling. Rows see those before them alone, so that padding sees the text.
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { constant, layerNorm, named, ops, packedBlock, parameter } from "@foley-control/graph";
import { countNumbered, type NamedWeights, shapeOf } from "@foley-control/weights";

/** What shapes the tower. */
export interface ClipTextConfig {
  /** Ids that have an embedding. */
  readonly vocabulary: number;
  /** Rows of a text. */
  readonly rows: number;
  /** Width of a row. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the hidden layer of a block. */
  readonly hidden: number;
  /** What bends. */
  readonly activation: "quick-gelu" | "gelu";
}

/** Shortest length that is divided by. */
const SHORTEST = 1e-12;

const WEIGHTS: NamedWeights = { title: "CLIP", file: "open_clip_pytorch_model.bin with its open_clip_config.json" };

/**
 * Reads the configuration off the tensors and off what they do not say.
 *
 * @throws FoleyError `bad-weights` when these are other weights
 */
export function readClipTextConfig(weights: ParameterSource, said: Pick<ClipTextConfig, "heads" | "activation">): ClipTextConfig {
  const [vocabulary, width] = shapeOf(weights, "token_embedding.weight", 2, WEIGHTS) as readonly [number, number];
  return {
    vocabulary,
    width,
    rows: shapeOf(weights, "positional_embedding", 2, WEIGHTS)[0] as number,
    depth: countNumbered(weights, "transformer.resblocks."),
    hidden: shapeOf(weights, "transformer.resblocks.0.mlp.c_fc.weight", 2, WEIGHTS)[0] as number,
    ...said,
  };
}

/** ids int64 [texts, rows] → [texts, rows, width], each row of length 1. */
export function clipTextTower(ids: GraphValue, config: ClipTextConfig): GraphValue {
  const { vocabulary, rows, width, depth, heads, hidden, activation } = config;
  const words = ops.gather(parameter("token_embedding.weight", [vocabulary, width]), ids);
  let x = ops.add(words, parameter("positional_embedding", [rows, width]));
  const seen = constant(
    Uint8Array.from({ length: rows * rows }, (_, i) => (i % rows <= Math.floor(i / rows) ? 1 : 0)),
    [rows, rows],
    "bool",
  );
  for (let block = 0; block < depth; block++) {
    const name = `transformer.resblocks.${block}`;
    x = named(packedBlock(x, name, { heads, hidden, activation, seen }), name);
  }
  const normed = named(layerNorm(x, "ln_final.weight", "ln_final.bias"), "ln_final");
  const length = ops.sqrt(ops.sum(ops.square(normed), [2], true));
  return ops.divide(normed, ops.maximum(length, SHORTEST));
}
