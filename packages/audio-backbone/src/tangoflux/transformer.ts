/** TangoFlux's network: latents, time and text to velocity. Its tensors have the names of the release. */
import type { BridgeSite, GraphValue } from "@foley-control/core";
import { linear, named, ops } from "@foley-control/graph";
import { modulated } from "../mmaudio/layers.js";
import { timeFeatures } from "../mmaudio/time-features.js";
import { doubleBlock, singleBlock, type TangofluxBlockOptions, type TwoStreams, tangofluxRotary } from "./blocks.js";
import type { TangofluxConfig } from "./config.js";

/** What the network reads. */
export interface TangofluxInputs {
  /** [batch, latents, latentChannels]. */
  readonly latents: GraphValue;
  /** [batch] in 0..1; 1 is noise. */
  readonly time: GraphValue;
  /** Rows of text, that of the duration last: [batch, rows, textWidth]. */
  readonly context: GraphValue;
  /** The text as a whole: [batch, textWidth]. */
  readonly pooled: GraphValue;
}

/** Before the names of all tensors. */
const PREFIX = "transformer.";
/** Features of the time. */
const FEATURES = 256;
/** What the time is multiplied by. */
const THOUSAND = 1000;
/** Epsilon of the last norm. */
const EPSILON = 1e-6;

/** exp(−ln 10000·j / 128), each step rounded to float32 as the reference rounds it. */
function frequencies(): Float32Array {
  const { fround } = Math;
  const half = FEATURES / 2;
  const slope = fround(-Math.log(10_000));
  return Float32Array.from({ length: half }, (_, j) => Math.exp(fround(fround(slope * j) / half)));
}

/** Width of the rows. */
export const tangofluxWidth = ({ heads, headWidth }: Pick<TangofluxConfig, "heads" | "headWidth">): number => heads * headWidth;

/** Noise minus sound: [batch, latents, latentChannels]. What parts give is labelled with their names. */
export function tangofluxTransformer(
  config: TangofluxConfig,
  { latents, time, context, pooled }: TangofluxInputs,
  hook?: (x: GraphValue, block: number) => GraphValue,
): GraphValue {
  const width = tangofluxWidth(config);
  const [batch, frames] = latents.shape as readonly [number, number];
  const embedded = (x: GraphValue, name: string) => {
    const layer = `${PREFIX}time_text_embed.${name}`;
    return linear(ops.silu(linear(x, `${layer}.linear_1`, width, true)), `${layer}.linear_2`, width, true);
  };
  const moment = named(timeFeatures(ops.multiply(time, THOUSAND), frequencies()), `${PREFIX}time_proj`);
  const meaning = ops.add(embedded(moment, "timestep_embedder"), embedded(pooled, "text_embedder"));
  const bent = ops.silu(named(meaning, `${PREFIX}time_text_embed`));
  const shared = { bent, heads: config.heads, tables: tangofluxRotary(config.axes, context.shape[1] as number, frames) };
  const at = (block: number): TangofluxBlockOptions => ({ ...shared, atSite: hook && ((x) => hook(x, block)) });
  let streams: TwoStreams = {
    audio: named(linear(latents, `${PREFIX}x_embedder`, width, true), `${PREFIX}x_embedder`),
    text: named(linear(context, `${PREFIX}context_embedder`, width, true), `${PREFIX}context_embedder`),
  };
  const { doubleBlocks, singleBlocks } = config;
  for (let block = 0; block < doubleBlocks; block++)
    streams = doubleBlock(streams, `${PREFIX}transformer_blocks.${block}`, at(block));
  for (let block = 0; block < singleBlocks; block++)
    streams = singleBlock(streams, `${PREFIX}single_transformer_blocks.${block}`, at(doubleBlocks + block));
  const last = ops.reshape(linear(bent, `${PREFIX}norm_out.linear`, 2 * width, true), [batch, 1, 2 * width]);
  // The scale comes first here, and second everywhere else.
  const [scale, shift] = ops.split(last, [width, width], 2) as [GraphValue, GraphValue];
  const normed = named(modulated(streams.audio, shift, scale, EPSILON), `${PREFIX}norm_out`);
  return linear(normed, `${PREFIX}proj_out`, config.latentChannels, true);
}

/** The places of a bridge: one in each double block, one behind each single block, at the middles of the latents. */
export function tangofluxSites(config: TangofluxConfig, frames: number, latentRate: number): readonly BridgeSite[] {
  const { doubleBlocks, singleBlocks, heads, headWidth } = config;
  const seconds = Array.from({ length: frames }, (_, i) => (i + 0.5) / latentRate);
  return Array.from({ length: doubleBlocks + singleBlocks }, (_, block) => ({
    block,
    width: tangofluxWidth(config),
    heads,
    headWidth,
    prefixTokens: 0,
    seconds,
  }));
}
