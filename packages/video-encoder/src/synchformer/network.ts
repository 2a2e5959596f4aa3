/**
 * What Synchformer sees: Motionformer (Patrick et al. 2021, arXiv 2106.05392) with divided space-time attention (Bertasius et al. 2021,
 * arXiv 2102.05095), then one token per time step.
 */
import type { GraphValue } from "@foley-control/core";
import { attention, feedForward, layerNorm, linear, named, ops, parameter, queryKeyValue } from "@foley-control/graph";
import { tubelets } from "../tubelets.js";
import { aggregate } from "./aggregate.js";

/** Sizes of the video trunk. */
export interface SynchformerVideoConfig {
  /** Width of a token. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the blocks' hidden layer. */
  readonly hidden: number;
  /** Frames, rows and columns of pixels that make a token. */
  readonly kernel: readonly [number, number, number];
  /** Width of the hidden layer that draws the patches together. */
  readonly aggregateHidden: number;
}

/** Time steps of a segment, and patches of each. */
interface Grid {
  readonly times: number;
  readonly places: number;
}

const PREFIX = "vfeat_extractor";
const EPSILON = 1e-6;

/** Pixels [segments, frames, 3, height, width] → features [segments, frames / 2, width]. */
export function synchformerVideo(pixels: GraphValue, config: SynchformerVideoConfig): GraphValue {
  const { width, depth, heads, kernel } = config;
  const [segments, frames, , height, columns] = pixels.shape as readonly [number, number, number, number, number];
  const grid: Grid = { times: frames / kernel[0], places: (height / kernel[1]) * (columns / kernel[2]) };
  let x = embed(pixels, config, grid);
  for (let i = 0; i < depth; i++) x = named(block(x, `${PREFIX}.blocks.${i}`, config, grid), `${PREFIX}.blocks.${i}`);
  const tokens = ops.slice(x, 1, 1, 1 + grid.times * grid.places);
  const normed = named(layerNorm(tokens, `${PREFIX}.norm.weight`, `${PREFIX}.norm.bias`, EPSILON), `${PREFIX}.norm`);
  const groups = ops.reshape(normed, [segments * grid.times, grid.places, width]);
  const features = aggregate(groups, `${PREFIX}.spatial_attn_agg`, heads, config.aggregateHidden);
  return ops.reshape(features, [segments, grid.times, width]);
}

/** A class token and the patches, each with the position of its place and the one of its time. */
function embed(pixels: GraphValue, { width, kernel }: SynchformerVideoConfig, { times, places }: Grid): GraphValue {
  const segments = pixels.shape[0] as number;
  const name = `${PREFIX}.patch_embed_3d`;
  const patches = named(tubelets(pixels, `${name}.proj`, { out: width, kernel, bias: true }), name);
  const positions = parameter(`${PREFIX}.pos_embed`, [1, 1 + places, width]);
  const perPlace = ops.reshape(ops.slice(positions, 1, 1, 1 + places), [1, 1, places, width]);
  const perTime = ops.reshape(parameter(`${PREFIX}.temp_embed`, [1, times, width]), [1, times, 1, width]);
  const placed = ops.add(ops.reshape(patches, [segments, times, places, width]), ops.add(perPlace, perTime));
  const token = ops.add(parameter(`${PREFIX}.cls_token`, [1, 1, width]), ops.slice(positions, 1, 0, 1));
  const rows = ops.reshape(placed, [segments, times * places, width]);
  return ops.concat([ops.expand(token, [segments, 1, width]), rows], 1);
}

function block(x: GraphValue, name: string, { heads, hidden }: SynchformerVideoConfig, grid: Grid): GraphValue {
  const norm = (value: GraphValue, which: string) =>
    layerNorm(value, `${name}.${which}.weight`, `${name}.${which}.bias`, EPSILON);
  const overTime = ops.add(x, dividedAttention(norm(x, "norm3"), `${name}.timeattn`, heads, grid, "time"));
  const overSpace = ops.add(overTime, dividedAttention(norm(overTime, "norm1"), `${name}.attn`, heads, grid, "space"));
  return ops.add(overSpace, feedForward(norm(overSpace, "norm2"), [`${name}.mlp.fc1`, `${name}.mlp.fc2`], hidden));
}

/**
 * Patches look at the class token and at their own place at all times, or their own time at all places; the class token looks at
 * everything.
 */
function dividedAttention(x: GraphValue, name: string, heads: number, grid: Grid, over: "time" | "space"): GraphValue {
  const [segments, rows, width] = x.shape as readonly [number, number, number];
  const { times, places } = grid;
  const [groups, members] = over === "time" ? [places, times] : [times, places];
  const [q, k, v] = queryKeyValue(x, `${name}.qkv`, width, true);
  const swapped = (value: GraphValue) => (over === "time" ? ops.transpose(value, [0, 2, 1, 3]) : value);
  const grouped = (value: GraphValue) => swapped(ops.reshape(ops.slice(value, 1, 1, rows), [segments, times, places, width]));
  const alone = (value: GraphValue) => ops.reshape(grouped(value), [segments * groups, members, width]);
  const withToken = (value: GraphValue) => {
    const token = ops.reshape(ops.slice(value, 1, 0, 1), [segments, 1, 1, width]);
    const each = ops.concat([ops.expand(token, [segments, groups, 1, width]), grouped(value)], 2);
    return ops.reshape(each, [segments * groups, 1 + members, width]);
  };
  const token = attention(ops.slice(q, 1, 0, 1), k, v, { heads });
  const mixed = ops.reshape(attention(alone(q), withToken(k), withToken(v), { heads }), [segments, groups, members, width]);
  const patches = ops.reshape(swapped(mixed), [segments, times * places, width]);
  return linear(ops.concat([token, patches], 1), `${name}.proj`, width, true);
}
