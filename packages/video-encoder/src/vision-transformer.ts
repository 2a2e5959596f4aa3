/**
 * The V-JEPA 2 encoder (Assran et al. 2025) and its successor 2.1 (arXiv 2603.14482): tubelets, pre-norm blocks with 3-D
 * rotary attention and a GELU MLP, final LayerNorm. Parameter names are those of the release, so that checkpoints are read in place.
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
  queryKeyValue,
  type RotaryTables,
} from "@foley-control/graph";
import { CHECKPOINT_NAMES, type CheckpointNames, type CheckpointRelease, MODALITY_NAMES } from "./checkpoint-names.js";
import { type Pooling, pool } from "./pooling.js";
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
  /** Whose parameter names the graph carries. Default `"hugging-face"`. */
  readonly names?: CheckpointRelease;
  /** Patches per side that rows and columns are spread over, see {@link rotary3d}; V-JEPA 2.1: 16. */
  readonly referenceGrid?: number;
  /**
   * V-JEPA 2.1: every token is told by an added embedding whether it is of a clip or of a single frame, and single frames have
   * a patch embedding of their own. Default: a single frame is a clip that stands still for one tubelet.
   */
  readonly modalities?: boolean;
  /** V-JEPA 2.1: blocks whose outputs are features, each with its own norm, the last block last. Default: one final norm. */
  readonly featureLayers?: readonly number[];
}

const EPSILON = 1e-6;

/**
 * Tokens per axis for a clip; odd frames and partial patches at the end are dropped, as the reference's convolution does. A
 * single frame is one step.
 */
export function tokenGrid(config: VisionTransformerConfig, frames: number, height: number, width: number): TokenGrid {
  const grid = {
    time: frames === 1 ? 1 : Math.floor(frames / config.tubeletSize),
    height: Math.floor(height / config.patchSize),
    width: Math.floor(width / config.patchSize),
  };
  if (grid.time < 1 || grid.height < 1 || grid.width < 1) {
    const tubelet = `${config.tubeletSize} × ${config.patchSize}²`;
    const what = `A clip of ${frames} frames of ${height}×${width} is smaller than one tubelet of ${tubelet}.`;
    throw new FoleyError("shape-mismatch", what);
  }
  return grid;
}

/** What the encoder makes of a clip, before pooling. */
export interface VisionTransformerOutput {
  /** What the first layer sees: [batch, time·height·width, hiddenSize]. */
  readonly patches: GraphValue;
  /** [batch, time·height·width, hiddenSize], after the final norm. */
  readonly tokens: GraphValue;
  /** `[batch, time·height·width, features·hiddenSize]`: the normed outputs of the feature layers side by side; of one, `tokens`. */
  readonly hierarchical: GraphValue;
}

/** Encodes pixels [batch, frames, 3, height, width]. */
export function visionTransformer(pixels: GraphValue, config: VisionTransformerConfig): VisionTransformerOutput {
  const [, frames, , height, width] = pixels.shape as readonly [number, number, number, number, number];
  const grid = tokenGrid(config, frames, height, width);
  const names = CHECKPOINT_NAMES[config.names ?? "hugging-face"];
  const tables = rotary3d(grid, config.hiddenSize / config.heads, config.rotary, config.referenceGrid);
  const image = config.modalities === true && frames === 1;
  const patches = patchEmbed(pixels, config, grid, image ? MODALITY_NAMES.imagePatches : names.patches);
  const modality = () => parameter(image ? MODALITY_NAMES.image : MODALITY_NAMES.video, [1, 1, config.hiddenSize]);
  let x = named(config.modalities ? ops.add(patches, modality()) : patches, "embeddings");
  const features: GraphValue[] = [];
  const norm = (name: string) => features.push(layerNorm(x, `${name}.weight`, `${name}.bias`, EPSILON));
  for (let layer = 0; layer < config.layers; layer++) {
    x = named(block(x, names.block(layer), names, config, tables), `layer.${layer}`);
    if (config.featureLayers?.includes(layer)) norm(MODALITY_NAMES.norm(features.length));
  }
  if (!config.featureLayers) norm(names.norm);
  return { patches, tokens: features[features.length - 1] as GraphValue, hierarchical: ops.concat(features, 2) };
}

/** The 3-D convolution with stride = kernel, written as one matrix product. */
function patchEmbed(pixels: GraphValue, config: VisionTransformerConfig, grid: TokenGrid, name: string): GraphValue {
  const { patchSize: p, hiddenSize } = config;
  const [batch, frames, channels] = pixels.shape as readonly [number, number, number];
  const image = name === MODALITY_NAMES.imagePatches;
  const t = image ? 1 : config.tubeletSize;
  const clip = frames === 1 ? ops.concat(new Array<GraphValue>(t).fill(pixels), 1) : pixels;
  const even = ops.slice(ops.slice(ops.slice(clip, 1, 0, grid.time * t), 3, 0, grid.height * p), 4, 0, grid.width * p);
  const cut = ops.reshape(even, [batch, grid.time, t, channels, grid.height, p, grid.width, p]);
  const [count, values] = [grid.time * grid.height * grid.width, channels * t * p * p];
  const tubelets = ops.reshape(ops.transpose(cut, [0, 1, 4, 6, 3, 2, 5, 7]), [batch, count, values]);
  const weight = ops.reshape(parameter(`${name}.weight`, [hiddenSize, channels, t, p, p]), [hiddenSize, values]);
  return ops.add(ops.matmul(tubelets, ops.transpose(weight, [1, 0])), parameter(`${name}.bias`, [hiddenSize]));
}

function block(
  x: GraphValue,
  name: string,
  names: CheckpointNames,
  config: VisionTransformerConfig,
  tables: RotaryTables,
): GraphValue {
  const width = config.hiddenSize;
  const within = `${name}.${names.attention}`;
  const normed = layerNorm(x, `${name}.norm1.weight`, `${name}.norm1.bias`, EPSILON);
  const projections = names.fused ? `${within}.qkv` : ([`${within}.query`, `${within}.key`, `${within}.value`] as const);
  const [q, k, v] = queryKeyValue(normed, projections, width, true);
  const mixed = attention(q, k, v, { heads: config.heads, queryRotary: tables, keyRotary: tables });
  const y = ops.add(x, linear(mixed, `${within}.proj`, width, true));
  const again = layerNorm(y, `${name}.norm2.weight`, `${name}.norm2.bias`, EPSILON);
  return ops.add(y, feedForward(again, [`${name}.mlp.fc1`, `${name}.mlp.fc2`], config.mlpSize));
}

/** Size of the clips that a graph is built for, and what it makes of their tokens. */
export interface VisionTransformerGraphOptions {
  /** Frames of a clip. */
  readonly frames: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** Clips at once. Default 1. */
  readonly batch?: number;
  /** Default `"frame"`. */
  readonly pooling?: Pooling;
  /** `"hierarchical"`: the outputs of all feature layers side by side. Default `"last"`. */
  readonly features?: "last" | "hierarchical";
}

/** Graph of encoder and pooling: input `pixels`, output `tokens` [batch, pooled tokens, width]. */
export function visionTransformerGraph(config: VisionTransformerConfig, options: VisionTransformerGraphOptions): Graph {
  const { frames, height, width, batch = 1, pooling = "frame", features = "last" } = options;
  const pixels = input("pixels", [batch, frames, 3, height, width]);
  const made = visionTransformer(pixels, config);
  const tokens = features === "hierarchical" ? made.hierarchical : made.tokens;
  return graph("video-encoder", [pixels], { tokens: pool(tokens, tokenGrid(config, frames, height, width), pooling) });
}
