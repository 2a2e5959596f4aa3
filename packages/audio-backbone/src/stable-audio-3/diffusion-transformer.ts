/**
 * The diffusion transformer of Stable Audio 3 (stable-audio-3 `models/dit.py`, `models/transformer.py`): memory tokens before the latents,
 * pre-norm blocks of rotary self-attention and a gated feed-forward that time and duration modulate, and between them cross-attention to
 * words and seconds and what each latent is told of itself (a mask, and the latent that is known). Parameter names are those of the release.
 *
 * The hook is called after what latents are told is added, and before the feed-forward; what it returns feeds both the feed-forward's norm
 * and its skip (Foley Control, Rowles et al. 2025).
 */
import type { BridgeSite, GraphValue } from "@foley-control/core";
import {
  attention,
  gatedFeedForward,
  headRmsNorm,
  linear,
  maskedAttention,
  named,
  ops,
  parameter,
  queryKeyValue,
  type RotaryTables,
  rmsNorm,
  rotary,
  rotaryTables,
} from "@foley-control/graph";
import { expoFeatures } from "./expo-features.js";
import { projected } from "./layers.js";

/** Network of the denoiser; names as in `model_config.json`. */
export interface StableAudio3Network {
  /** Latent channels. */
  readonly ioChannels: number;
  /** Width of the residual stream. */
  readonly embedDim: number;
  /** Number of blocks. */
  readonly depth: number;
  /** Heads of the attention; their width is `embedDim / numHeads`. */
  readonly numHeads: number;
  /** Width of the context rows. */
  readonly condTokenDim: number;
  /** Width of the global conditioning. */
  readonly globalCondDim: number;
  /** Channels that each latent is told: a mask, and the masked latents. */
  readonly localAddCondDim: number;
  /** Rows before the latents. */
  readonly memoryTokens: number;
  /** Hidden width of the feed-forward as a multiple of `embedDim`. */
  readonly feedForwardMultiple: number;
  /** Prefix of all parameter names, e.g. `"model.model."`. Default none. */
  readonly prefix?: string | undefined;
}

/** Inputs of {@link stableAudio3Transformer}. */
export interface StableAudio3Inputs {
  /** [batch, ioChannels, frames]. */
  readonly latents: GraphValue;
  /** [batch], 0..1. */
  readonly time: GraphValue;
  /** [batch, rows, condTokenDim]; all zeros means "no text". */
  readonly context: GraphValue;
  /** [batch, globalCondDim]. */
  readonly global: GraphValue;
  /** [batch, localAddCondDim, frames]; zeros where nothing is known. */
  readonly local: GraphValue;
  /** [batch, frames], 1 for latents of the sound and 0 for padding behind it. Default: there is no padding. */
  readonly valid?: GraphValue | undefined;
  /**
   * What padding is to the others: nothing at all (`"away"`, as on a GPU with flash attention), or rows without values whose keys still
   * count (`"blank"`, as everywhere else). Default `"blank"`.
   */
  readonly padding?: "away" | "blank" | undefined;
}

/** Fourier features of the time. */
const TIME_FEATURES = 256;
/** Epsilon of the norms of rows, and of heads. */
const [ROW_EPSILON, HEAD_EPSILON] = [1e-5, 1e-6];

/** The sites for a bridge, one per block. */
export function stableAudio3Sites(config: StableAudio3Network, frames: number, latentRate: number): readonly BridgeSite[] {
  const seconds = Array.from({ length: frames }, (_, i) => (i + 0.5) / latentRate);
  return Array.from({ length: config.depth }, (_, block) => ({
    block,
    width: config.embedDim,
    heads: config.numHeads,
    headWidth: config.embedDim / config.numHeads,
    prefixTokens: config.memoryTokens,
    seconds,
  }));
}

/** Predicts the flow for the latents: [batch, ioChannels, frames]. */
export function stableAudio3Transformer(
  config: StableAudio3Network,
  inputs: StableAudio3Inputs,
  hook?: (x: GraphValue, block: number) => GraphValue,
): GraphValue {
  const { embedDim: width, memoryTokens: memory, numHeads: heads, prefix = "" } = config;
  const [batch, channels, frames] = inputs.latents.shape as readonly [number, number, number];
  const context = projected(inputs.context, `${prefix}to_cond_embed`, width);
  const time = projected(expoFeatures(inputs.time, TIME_FEATURES), `${prefix}to_timestep_embed`, width, { bias: true });
  const global = ops.add(projected(inputs.global, `${prefix}to_global_embed`, width), time);
  const embedder = `${prefix}transformer.global_cond_embedder`;
  const modulation = named(projected(global, embedder, width, { bias: true, to: 6 * width }), embedder);

  let x = ops.add(inputs.latents, pointwise(inputs.latents, `${prefix}preprocess_conv.weight`, channels));
  x = linear(ops.transpose(x, [0, 2, 1]), `${prefix}transformer.project_in`, width);
  if (memory > 0) {
    const tokens = parameter(`${prefix}transformer.memory_tokens`, [memory, width]);
    x = ops.concat([ops.expand(ops.reshape(tokens, [1, memory, width]), [batch, memory, width]), x], 1);
  }

  const local = ops.transpose(inputs.local, [0, 2, 1]);
  const tables = rotaryTables([...new Array(frames + memory).keys()], Math.max(width / heads / 2, 32));
  const padding = paddingOf(inputs, memory);
  for (let block = 0; block < config.depth; block++) {
    const name = `${prefix}transformer.layers.${block}`;
    const by = modulations(modulation, `${name}.to_scale_shift_gate`, width);
    const normed = (part: string) => rmsNorm(x, parameter(`${name}.${part}.gamma`, [width]), ROW_EPSILON);
    const bent = (part: string, index: 0 | 3) => ops.add(ops.multiply(normed(part), by[index]), by[index + 1] as GraphValue);
    const attended = selfAttention(bent("pre_norm", 0), `${name}.self_attn`, { heads, tables, padding });
    x = named(ops.add(x, ops.multiply(attended, by[2])), `${name}.self`);
    x = named(ops.add(x, crossAttention(normed("cross_attend_norm"), context, `${name}.cross_attn`, heads)), `${name}.cross`);
    const told = projected(local, `${name}.to_local_embed`, width, { bias: true });
    x = named(ops.add(x, ops.pad(told, 1, memory, 0)), `${name}.local`);
    if (hook) x = hook(x, block);
    const hidden = width * config.feedForwardMultiple;
    const fed = gatedFeedForward(bent("ff_norm", 3), [`${name}.ff.ff.0.proj`, `${name}.ff.ff.2`], hidden);
    x = named(ops.add(x, ops.multiply(padding?.away ? ops.multiply(fed, padding.rows) : fed, by[5])), name);
  }

  x = linear(ops.slice(x, 1, memory, frames + memory), `${prefix}transformer.project_out`, channels);
  const out = ops.transpose(x, [0, 2, 1]);
  return ops.add(out, pointwise(out, `${prefix}postprocess_conv.weight`, channels));
}

/** A bias-free convolution of width 1 over [batch, channels, frames]. */
function pointwise(x: GraphValue, name: string, channels: number): GraphValue {
  return ops.matmul(ops.reshape(parameter(name, [channels, channels, 1]), [channels, channels]), x);
}

type Modulations = readonly [GraphValue, GraphValue, GraphValue, GraphValue, GraphValue, GraphValue];

/** Factor, shift and gate of the attention, then of the feed-forward, each [batch, 1, width]. */
function modulations(shared: GraphValue, name: string, width: number): Modulations {
  const all = ops.add(shared, parameter(name, [6 * width]));
  const parts = ops.split(ops.reshape(all, [-1, 1, 6 * width]), new Array<number>(6).fill(width), 2);
  return parts.map((part, i) =>
    i % 3 === 0 ? ops.add(part, 1) : i % 3 === 1 ? part : ops.sigmoid(ops.subtract(1, part)),
  ) as unknown as Modulations;
}

interface Padding {
  /** [batch, rows, 1]; 1 for memory and for latents of the sound. */
  readonly rows: GraphValue;
  /** Whether padded rows are not there at all. */
  readonly away: boolean;
}

function paddingOf({ valid, padding }: StableAudio3Inputs, memory: number): Padding | undefined {
  if (!valid) return undefined;
  const [batch, frames] = valid.shape as readonly [number, number];
  const missing = ops.pad(ops.subtract(1, valid), 1, memory, 0);
  return { rows: ops.reshape(ops.subtract(1, missing), [batch, memory + frames, 1]), away: padding === "away" };
}

/** Queries or keys, each head normed. */
const headNorm = (x: GraphValue, name: string, heads: number): GraphValue =>
  headRmsNorm(x, parameter(`${name}.gamma`, [(x.shape[2] as number) / heads]), heads, HEAD_EPSILON);

function selfAttention(
  x: GraphValue,
  name: string,
  { heads, tables, padding }: { heads: number; tables: RotaryTables; padding: Padding | undefined },
): GraphValue {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const [query, key, v] = queryKeyValue(x, `${name}.to_qkv`, width);
  const [q, k] = [headNorm(query, `${name}.q_norm`, heads), headNorm(key, `${name}.k_norm`, heads)];
  const out = (found: GraphValue) => linear(found, `${name}.to_out`, width);
  if (padding?.away) {
    const seen = ops.greater(ops.reshape(padding.rows, [batch, 1, 1, rows]), 0.5);
    return ops.multiply(
      out(maskedAttention(rotary(q, heads, tables), rotary(k, heads, tables), v, { heads, seen })),
      padding.rows,
    );
  }
  const values = padding ? ops.multiply(v, padding.rows) : v;
  return out(attention(q, k, values, { heads, queryRotary: tables, keyRotary: tables }));
}

/** Every row of the context counts, padding included: the reference makes a mask and does not use it. */
function crossAttention(x: GraphValue, context: GraphValue, name: string, heads: number): GraphValue {
  const width = x.shape[2] as number;
  const q = linear(x, `${name}.to_q`, width);
  const [k, v] = ops.split(linear(context, `${name}.to_kv`, 2 * width), [width, width], -1) as [GraphValue, GraphValue];
  const found = attention(headNorm(q, `${name}.q_norm`, heads), headNorm(k, `${name}.k_norm`, heads), v, { heads });
  return linear(found, `${name}.to_out`, width);
}
