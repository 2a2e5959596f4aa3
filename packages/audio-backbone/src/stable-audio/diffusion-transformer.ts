/**
 * The diffusion transformer of Stable Audio Open (Evans et al. 2024; stable-audio-tools `models/dit.py`,
 * `models/transformer.py`): a prepended global token that carries duration and time, pre-norm blocks of rotary
 * self-attention, text cross-attention and a gated feed-forward. Parameter names are those of the release.
 *
 * The hook is called after the text cross-attention's residual and before the feed-forward; what it returns feeds both
 * the feed-forward's norm and its skip (Foley Control, Rowles et al. 2025).
 */
import type { BridgeSite, GraphValue } from "@foley-control/core";
import {
  attention,
  gatedFeedForward,
  layerNorm,
  linear,
  named,
  ops,
  parameter,
  queryKeyValue,
  type RotaryTables,
  rotaryTables,
} from "@foley-control/graph";

/** Network of the denoiser; names as in `model_config.json` where it has them. */
export interface DiffusionTransformerConfig {
  /** Latent channels. */
  readonly ioChannels: number;
  /** Width of the residual stream. */
  readonly embedDim: number;
  /** Number of blocks. */
  readonly depth: number;
  /** Heads of the self-attention; their width is `embedDim / numHeads`. */
  readonly numHeads: number;
  /** Width of the context rows. */
  readonly condTokenDim: number;
  /** Width of the global conditioning. */
  readonly globalCondDim: number;
  /** Whether the context is projected to `embedDim` (Stable Audio Open Small) or keeps its width (1.0). */
  readonly projectCondTokens: boolean;
  /** `"ln"`: LayerNorm on queries and keys of every head, before the rotation. */
  readonly qkNorm: "none" | "ln";
  /** Hidden width of the feed-forward as a multiple of `embedDim`. Default 4, as released. */
  readonly feedForwardMultiple?: number;
  /** Fourier features of the time. Default 256, as released. */
  readonly timestepFeatures?: number;
  /** Prefix of all parameter names, e.g. `"model.model."`. Default none. */
  readonly prefix?: string;
}

/** Inputs of {@link diffusionTransformer}. */
export interface DiffusionTransformerInputs {
  /** [batch, ioChannels, frames]. */
  readonly latents: GraphValue;
  /** [batch], 0..1. */
  readonly time: GraphValue;
  /** [batch, rows, condTokenDim]; all zeros means "no text". */
  readonly context: GraphValue;
  /** [batch, globalCondDim]. */
  readonly global: GraphValue;
}

/** Rows before the first latent: the global token. */
const PREFIX_TOKENS = 1;

/** The sites for a bridge, one per block. */
export function diffusionTransformerSites(
  config: DiffusionTransformerConfig,
  frames: number,
  latentRate: number,
): readonly BridgeSite[] {
  const seconds = Array.from({ length: frames }, (_, i) => (i + 0.5) / latentRate);
  return Array.from({ length: config.depth }, (_, block) => ({
    block,
    width: config.embedDim,
    heads: config.numHeads,
    headWidth: config.embedDim / config.numHeads,
    prefixTokens: PREFIX_TOKENS,
    seconds,
  }));
}

/** Predicts v (or the flow) for the latents: [batch, ioChannels, frames]. */
export function diffusionTransformer(
  config: DiffusionTransformerConfig,
  inputs: DiffusionTransformerInputs,
  hook?: (x: GraphValue, block: number) => GraphValue,
): GraphValue {
  const prefix = config.prefix ?? "";
  const [batch, channels, frames] = inputs.latents.shape as readonly [number, number, number];
  const width = config.embedDim;

  const projected = (x: GraphValue, name: string, to: number) => linear(ops.silu(linear(x, `${name}.0`, to)), `${name}.2`, to);
  const context = projected(inputs.context, `${prefix}to_cond_embed`, config.projectCondTokens ? width : config.condTokenDim);
  const global = ops.add(projected(inputs.global, `${prefix}to_global_embed`, width), timeEmbedding(inputs.time, config, prefix));

  let x = ops.add(inputs.latents, pointwise(inputs.latents, `${prefix}preprocess_conv.weight`, channels));
  x = linear(ops.transpose(x, [0, 2, 1]), `${prefix}transformer.project_in`, width);
  x = ops.concat([ops.reshape(global, [batch, 1, width]), x], 1);

  const headWidth = width / config.numHeads;
  const tables = rotaryTables([...new Array(frames + PREFIX_TOKENS).keys()], Math.max(headWidth / 2, 32));
  const hidden = width * (config.feedForwardMultiple ?? 4);
  for (let block = 0; block < config.depth; block++) {
    const name = `${prefix}transformer.layers.${block}`;
    const normed = (part: string) => layerNorm(x, `${name}.${part}.gamma`, `${name}.${part}.beta`);
    x = ops.add(x, selfAttention(normed("pre_norm"), `${name}.self_attn`, config, tables));
    x = ops.add(x, crossAttention(normed("cross_attend_norm"), context, `${name}.cross_attn`, config));
    x = named(x, `${name}.textCrossAttention`);
    if (hook) x = hook(x, block);
    x = ops.add(x, gatedFeedForward(normed("ff_norm"), [`${name}.ff.ff.0.proj`, `${name}.ff.ff.2`], hidden));
    x = named(x, name);
  }

  x = linear(ops.slice(x, 1, PREFIX_TOKENS, frames + PREFIX_TOKENS), `${prefix}transformer.project_out`, channels);
  const out = ops.transpose(x, [0, 2, 1]);
  return ops.add(out, pointwise(out, `${prefix}postprocess_conv.weight`, channels));
}

/** A bias-free convolution of width 1 over [batch, channels, frames]. */
function pointwise(x: GraphValue, name: string, channels: number): GraphValue {
  return ops.matmul(ops.reshape(parameter(name, [channels, channels, 1]), [channels, channels]), x);
}

/** Learned Fourier features (cosines, then sines) and a two-layer MLP. */
function timeEmbedding(time: GraphValue, config: DiffusionTransformerConfig, prefix: string): GraphValue {
  const features = (config.timestepFeatures ?? 256) / 2;
  const frequencies = ops.reshape(parameter(`${prefix}timestep_features.weight`, [features, 1]), [1, features]);
  const angle = ops.multiply(ops.multiply(ops.reshape(time, [-1, 1]), 2 * Math.PI), frequencies);
  const waves = ops.concat([ops.cos(angle), ops.sin(angle)], 1);
  const hidden = ops.silu(linear(waves, `${prefix}to_timestep_embed.0`, config.embedDim, true));
  return linear(hidden, `${prefix}to_timestep_embed.2`, config.embedDim, true);
}

/** LayerNorm over each head's channels, eps 1e-6. */
function headNorm(x: GraphValue, name: string, headWidth: number): GraphValue {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const perHead = ops.reshape(x, [batch, rows, width / headWidth, headWidth]);
  return ops.reshape(layerNorm(perHead, `${name}.weight`, `${name}.bias`, 1e-6), [batch, rows, width]);
}

function selfAttention(x: GraphValue, name: string, config: DiffusionTransformerConfig, tables: RotaryTables): GraphValue {
  const width = config.embedDim;
  let [q, k, v] = queryKeyValue(x, `${name}.to_qkv`, width);
  if (config.qkNorm === "ln") {
    q = headNorm(q, `${name}.q_norm`, width / config.numHeads);
    k = headNorm(k, `${name}.k_norm`, width / config.numHeads);
  }
  return linear(attention(q, k, v, { heads: config.numHeads, queryRotary: tables, keyRotary: tables }), `${name}.to_out`, width);
}

/** Every row of the context counts, padding included: the reference builds a mask and does not use it. */
function crossAttention(x: GraphValue, context: GraphValue, name: string, config: DiffusionTransformerConfig): GraphValue {
  const width = config.embedDim;
  const headWidth = width / config.numHeads;
  const contextWidth = context.shape[2] as number;
  let q = linear(x, `${name}.to_q`, width);
  const both = linear(context, `${name}.to_kv`, 2 * contextWidth);
  let [k, v] = ops.split(both, [contextWidth, contextWidth], -1) as [GraphValue, GraphValue];
  if (config.qkNorm === "ln") {
    q = headNorm(q, `${name}.q_norm`, headWidth);
    k = headNorm(k, `${name}.k_norm`, headWidth);
  }
  const [keys, values] = [k, v].map((x) => repeatHeads(x, headWidth, width / contextWidth)) as [GraphValue, GraphValue];
  return linear(attention(q, keys, values, { heads: config.numHeads }), `${name}.to_out`, width);
}

/** Grouped keys and values: each kv head serves `repeats` consecutive query heads. */
function repeatHeads(x: GraphValue, headWidth: number, repeats: number): GraphValue {
  if (repeats === 1) return x;
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const heads = width / headWidth;
  const perHead = ops.reshape(x, [batch, rows, heads, 1, headWidth]);
  return ops.reshape(ops.expand(perHead, [batch, rows, heads, repeats, headWidth]), [batch, rows, width * repeats]);
}
