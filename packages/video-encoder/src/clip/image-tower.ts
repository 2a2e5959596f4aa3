/**
 * CLIP's eyes (Radford et al. 2021) under the names of open_clip: patches and a class token through a transformer; what becomes of the class token, projected
 * and brought to length 1, is the picture.
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { layerNorm, named, ops, packedBlock, parameter } from "@foley-control/graph";
import { countNumbered, type NamedWeights, shapeOf } from "@foley-control/weights";

/** What shapes the tower. */
export interface ClipImageConfig {
  /** Width of a row. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the hidden layer of a block. */
  readonly hidden: number;
  /** Pixels of a patch, each way. */
  readonly patch: number;
  /** Patches, each way. */
  readonly side: number;
  /** Numbers of a picture. */
  readonly out: number;
  /** What bends. */
  readonly activation: "quick-gelu" | "gelu";
}

/** Shortest length that is divided by. */
const SHORTEST = 1e-12;

const WEIGHTS: NamedWeights = { title: "CLIP", file: "open_clip_pytorch_model.bin with its open_clip_config.json" };

/**
 * Reads the configuration off the tensors and off what they do not say.
 *
 * @param said - heads are one for each `headWidth` channels
 * @throws FoleyError `bad-weights` when these are other weights
 */
export function readClipImageConfig(
  weights: ParameterSource,
  said: { readonly headWidth: number; readonly activation: ClipImageConfig["activation"] },
): ClipImageConfig {
  const [width, , patch] = shapeOf(weights, "visual.conv1.weight", 4, WEIGHTS) as readonly number[];
  const [positions] = shapeOf(weights, "visual.positional_embedding", 2, WEIGHTS) as readonly number[];
  return {
    width: width as number,
    depth: countNumbered(weights, "visual.transformer.resblocks."),
    heads: Math.round((width as number) / said.headWidth),
    hidden: shapeOf(weights, "visual.transformer.resblocks.0.mlp.c_fc.weight", 2, WEIGHTS)[0] as number,
    patch: patch as number,
    side: Math.round(Math.sqrt((positions as number) - 1)),
    out: shapeOf(weights, "visual.proj", 2, WEIGHTS)[1] as number,
    activation: said.activation,
  };
}

/** Normalised pixels [pictures, 3, height, width] → [pictures, out], each of length 1. Pixels beyond the last whole patch are not read. */
export function clipImageTower(pixels: GraphValue, config: ClipImageConfig): GraphValue {
  const { width, depth, heads, hidden, patch, side, out, activation } = config;
  const pictures = pixels.shape[0] as number;
  const kernel = parameter("visual.conv1.weight", [width, 3, patch, patch]);
  const patches = ops.reshape(ops.convolution(pixels, kernel, { stride: patch }), [pictures, width, side * side]);
  const token = ops.expand(ops.reshape(parameter("visual.class_embedding", [width]), [1, 1, width]), [pictures, 1, width]);
  const rows = ops.concat([token, ops.transpose(patches, [0, 2, 1])], 1);
  const placed = ops.add(rows, parameter("visual.positional_embedding", [1 + side * side, width]));
  let x = named(layerNorm(placed, "visual.ln_pre.weight", "visual.ln_pre.bias"), "visual.ln_pre");
  for (let block = 0; block < depth; block++) {
    const name = `visual.transformer.resblocks.${block}`;
    x = named(packedBlock(x, name, { heads, hidden, activation }), name);
  }
  const normed = named(layerNorm(x, "visual.ln_post.weight", "visual.ln_post.bias"), "visual.ln_post");
  const first = ops.reshape(ops.slice(normed, 1, 0, 1), [pictures, width]);
  return ofLengthOne(named(ops.matmul(first, parameter("visual.proj", [width, out])), "visual.proj"));
}

/** Rows divided by their lengths. */
function ofLengthOne(x: GraphValue): GraphValue {
  const length = ops.sqrt(ops.sum(ops.square(x), [x.shape.length - 1], true));
  return ops.divide(x, ops.maximum(length, SHORTEST));
}
