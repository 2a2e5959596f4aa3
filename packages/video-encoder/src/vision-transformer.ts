/**
 * The V-JEPA 2 encoder (Assran et al. 2025): tubelets, pre-norm blocks with 3-D rotary attention and a GELU MLP, final
 * LayerNorm. Parameter names are those of the Hugging Face release (`VJEPA2Model`), so that checkpoints are read in place.
 */
import { FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import {
  attention,
  feedForward,
  graph,
  input,
  layerNorm,
  linear,
  named,
  ops,
  parameter,
  type RotaryTables,
} from "@foley-control/graph";
import { type ConvolutionStemConfig, convolutionStem, mergePatches } from "./convolution-stem.js";
import { type Rotary3dLayout, rotary3d, type TokenGrid } from "./rotary-3d.js";

/** Shape of the network; names as in the release's `config.json` where it has them. */
export interface VisionTransformerConfig {
  /** Width of a token. */
  readonly hiddenSize: number;
  /** Number of blocks. */
  readonly layers: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the MLP's hidden layer. */
  readonly mlpSize: number;
  /** Pixels per patch side. */
  readonly patchSize: number;
  /** Frames per tubelet. */
  readonly tubeletSize: number;
  /** How the rotary angles are laid out over the channels of a head. */
  readonly rotary: Rotary3dLayout;
  /** An early-convolution stem in place of V-JEPA 2's single patch embedding; the small encoder has one. */
  readonly stem?: ConvolutionStemConfig;
}

const EPSILON = 1e-6;

/** Tokens per axis for a clip; odd frames and partial patches at the end are dropped, as the reference's convolution does. */
export function tokenGrid(config: VisionTransformerConfig, frames: number, height: number, width: number): TokenGrid {
  const grid = {
    time: Math.floor(frames / config.tubeletSize),
    height: Math.floor(height / config.patchSize),
    width: Math.floor(width / config.patchSize),
  };
  if (grid.time < 1 || grid.height < 1 || grid.width < 1) {
    throw new FoleyError(
      "shape-mismatch",
      `A clip of ${frames} frames of ${height}×${width} is smaller than one tubelet of ${config.tubeletSize} × ${config.patchSize}².`,
    );
  }
  return grid;
}

/** What the encoder makes of a clip, before pooling. */
export interface VisionTransformerOutput {
  /** What the first layer sees: tokens [batch, time·height·width, hiddenSize], or a stem's [batch, time, rows, columns, width]. */
  readonly patches: GraphValue;
  /** [batch, time·height·width, hiddenSize], after the final norm. */
  readonly tokens: GraphValue;
}

/** Encodes pixels [batch, frames, 3, height, width]. */
export function visionTransformer(pixels: GraphValue, config: VisionTransformerConfig): VisionTransformerOutput {
  const [batch, frames, channels, height, width] = pixels.shape as readonly [number, number, number, number, number];
  const grid = tokenGrid(config, frames, height, width);
  const tables = rotary3d(grid, config.hiddenSize / config.heads, config.rotary);
  const patches = patchEmbed(pixels, config, grid, batch, channels);
  let x = named(config.stem ? mergePatches(patches, grid, config.hiddenSize, config.stem) : patches, "embeddings");
  for (let layer = 0; layer < config.layers; layer++)
    x = named(block(x, `encoder.layer.${layer}`, config, tables), `layer.${layer}`);
  return { patches, tokens: layerNorm(x, "encoder.layernorm.weight", "encoder.layernorm.bias", EPSILON) };
}

/** The 3-D convolution with stride = kernel, written as one matrix product. */
function patchEmbed(
  pixels: GraphValue,
  config: VisionTransformerConfig,
  grid: TokenGrid,
  batch: number,
  channels: number,
): GraphValue {
  const { patchSize: p, tubeletSize: t, hiddenSize } = config;
  const even = [ops.slice(pixels, 1, 0, grid.time * t)]
    .map((x) => ops.slice(x, 3, 0, grid.height * p))
    .map((x) => ops.slice(x, 4, 0, grid.width * p))[0] as GraphValue;
  if (config.stem) return convolutionStem(even, grid, { patch: p, tubelet: t }, config.stem);
  const cut = ops.reshape(even, [batch, grid.time, t, channels, grid.height, p, grid.width, p]);
  const tubelets = ops.reshape(ops.transpose(cut, [0, 1, 4, 6, 3, 2, 5, 7]), [
    batch,
    grid.time * grid.height * grid.width,
    channels * t * p * p,
  ]);
  const weight = ops.reshape(parameter("encoder.embeddings.patch_embeddings.proj.weight", [hiddenSize, channels, t, p, p]), [
    hiddenSize,
    channels * t * p * p,
  ]);
  return ops.add(
    ops.matmul(tubelets, ops.transpose(weight, [1, 0])),
    parameter("encoder.embeddings.patch_embeddings.proj.bias", [hiddenSize]),
  );
}

function block(x: GraphValue, name: string, config: VisionTransformerConfig, tables: RotaryTables): GraphValue {
  const width = config.hiddenSize;
  const normed = layerNorm(x, `${name}.norm1.weight`, `${name}.norm1.bias`, EPSILON);
  const [q, k, v] = ["query", "key", "value"].map((part) => linear(normed, `${name}.attention.${part}`, width, true)) as [
    GraphValue,
    GraphValue,
    GraphValue,
  ];
  const mixed = attention(q, k, v, { heads: config.heads, queryRotary: tables, keyRotary: tables });
  const y = ops.add(x, linear(mixed, `${name}.attention.proj`, width, true));
  const fed = feedForward(
    layerNorm(y, `${name}.norm2.weight`, `${name}.norm2.bias`, EPSILON),
    [`${name}.mlp.fc1`, `${name}.mlp.fc2`],
    config.mlpSize,
  );
  return ops.add(y, fed);
}

/** One token per tubelet time step: the mean over space after the final norm (`frame` pooling of Foley Control). */
export function framePool(tokens: GraphValue, grid: TokenGrid): GraphValue {
  const [batch, , width] = tokens.shape as readonly [number, number, number];
  return ops.mean(ops.reshape(tokens, [batch, grid.time, grid.height * grid.width, width]), [2]);
}

/** Graph of encoder and pooling: input `pixels`, output `tokens` [batch, time, hiddenSize]. */
export function visionTransformerGraph(
  config: VisionTransformerConfig,
  size: { readonly frames: number; readonly height: number; readonly width: number; readonly batch?: number },
): Graph {
  const pixels = input("pixels", [size.batch ?? 1, size.frames, 3, size.height, size.width]);
  const tokens = framePool(visionTransformer(pixels, config).tokens, tokenGrid(config, size.frames, size.height, size.width));
  return graph("video-encoder", [pixels], { tokens });
}
