/**
 * WavLM (Chen et al. 2022, "WavLM: Large-scale self-supervised pre-training for full stack speech processing"), the Base+ form: seven
 * convolutions and a transformer whose attention has relative positions that each query gates. Parameter names are those of
 * facebookresearch/audiobox-aesthetics, behind a prefix.
 */
import type { GraphValue } from "@foley-control/core";
import { constant, layerNorm, linear, maskedAttention, named, ops, parameter, queryKeyValue } from "@foley-control/graph";
import type { TransformerSizes } from "../read-weights.js";

/** Sizes of the network. */
export interface WavlmConfig extends TransformerSizes {
  /** Prefix of all parameter names, e.g. `"wavlm_model."`. */
  readonly prefix: string;
  /** Channels of the convolutions. */
  readonly channels: number;
  /** Rows of the table of relative positions, both directions together. */
  readonly buckets: number;
  /** Taps of the convolution that tells positions. */
  readonly positionTaps: number;
}

/** Taps and strides of the convolutions over the waveform. */
const CONVOLUTIONS = [{ taps: 10, stride: 5 }, ...[3, 3, 3, 3, 2, 2].map((taps) => ({ taps, stride: 2 }))] as const;
/** Samples between frames, and samples that a frame's mask counts. */
export const WAVLM_HOP = CONVOLUTIONS.reduce((product, { stride }) => product * stride, 1);
/** Parts of the channels in the convolution that tells positions. */
const WAVLM_POSITION_GROUPS = 16;
/** Distance from which on all share the last bucket. */
const MAX_DISTANCE = 800;
/** What the gate of relative positions is summed of. */
const GATE_PARTS = [2, 4] as const;
const EPSILON = 1e-5;

/** Frames of a waveform. */
export const wavlmFrames = (samples: number): number =>
  CONVOLUTIONS.reduce((length, { taps, stride }) => Math.floor((length - taps) / stride) + 1, samples);

/**
 * The transformer's input and what each block gives.
 *
 * @param wave - [batch, samples] at 16 kHz.
 * @param valid - [batch, frames], 1 for frames of the sound, 0 for those of padding alone: no frame attends to these.
 * @returns As many as blocks and one more, each [batch, frames, width].
 */
export function wavlmStates(wave: GraphValue, valid: GraphValue, config: WavlmConfig): readonly GraphValue[] {
  const { prefix, width, heads, depth } = config;
  const [batch, frames] = valid.shape as readonly [number, number];
  const norm = (x: GraphValue, name: string) =>
    named(layerNorm(x, `${prefix}${name}.weight`, `${prefix}${name}.bias`, EPSILON), `${prefix}${name}`);
  const heard = norm(ops.transpose(convolutions(wave, config), [0, 2, 1]), "layer_norm");
  const wide = linear(heard, `${prefix}post_extract_proj`, width, true);
  const kept = named(ops.multiply(wide, ops.reshape(valid, [batch, frames, 1])), `${prefix}post_extract_proj`);
  let x = norm(ops.add(kept, positions(kept, config)), "encoder.layer_norm");
  const bias = relativeBias(frames, config);
  const seen = ops.greater(ops.reshape(valid, [batch, 1, 1, frames]), 0.5);
  const states = [x];
  for (let layer = 0; layer < depth; layer++) {
    const name = `encoder.layers.${layer}`;
    const attended = ops.add(x, selfAttention(x, `${prefix}${name}.self_attn`, heads, bias, seen));
    const normed = layerNorm(
      attended,
      `${prefix}${name}.self_attn_layer_norm.weight`,
      `${prefix}${name}.self_attn_layer_norm.bias`,
      EPSILON,
    );
    const inner = ops.gelu(linear(normed, `${prefix}${name}.fc1`, config.hidden, true));
    const fed = ops.add(normed, linear(inner, `${prefix}${name}.fc2`, width, true));
    const final = `${prefix}${name}.final_layer_norm`;
    x = named(layerNorm(fed, `${final}.weight`, `${final}.bias`, EPSILON), `${prefix}${name}`);
    states.push(x);
  }
  return states;
}

/** [batch, samples] → [batch, channels, frames]; every channel of the first layer is normalised over time. */
function convolutions(wave: GraphValue, { prefix, channels }: WavlmConfig): GraphValue {
  const [batch, samples] = wave.shape as readonly [number, number];
  let x = ops.reshape(wave, [batch, 1, samples]);
  for (const [layer, { taps, stride }] of CONVOLUTIONS.entries()) {
    const name = `${prefix}feature_extractor.conv_layers.${layer}`;
    x = ops.convolution(x, parameter(`${name}.0.weight`, [channels, x.shape[1] as number, taps]), { stride });
    x = ops.gelu(layer === 0 ? normalisedOverTime(x, `${name}.2`) : x);
  }
  return named(x, `${prefix}feature_extractor`);
}

/** GroupNorm with one channel in each group. */
function normalisedOverTime(x: GraphValue, name: string): GraphValue {
  const channels = x.shape[1] as number;
  const perChannel = (part: string) => ops.reshape(parameter(`${name}.${part}`, [channels]), [channels, 1]);
  const centred = ops.subtract(x, ops.mean(x, [2], true));
  const deviation = ops.sqrt(ops.add(ops.mean(ops.square(centred), [2], true), EPSILON));
  return ops.add(ops.multiply(centred, ops.divide(perChannel("weight"), deviation)), perChannel("bias"));
}

/** What the frames around each tell of its position: a weight-normalised convolution of an even number of taps, its last frame dropped. */
function positions(x: GraphValue, { prefix, width, positionTaps }: WavlmConfig): GraphValue {
  const name = `${prefix}encoder.pos_conv`;
  const direction = parameter(`${name}.0.weight_v`, [width, width / WAVLM_POSITION_GROUPS, positionTaps]);
  const length = ops.sqrt(ops.sum(ops.square(direction), [0, 1], true));
  const weight = ops.multiply(direction, ops.divide(parameter(`${name}.0.weight_g`, [1, 1, positionTaps]), length));
  const made = ops.convolution(ops.transpose(x, [0, 2, 1]), weight, {
    padding: positionTaps / 2,
    groups: WAVLM_POSITION_GROUPS,
    bias: parameter(`${name}.0.bias`, [width]),
  });
  const frames = x.shape[1] as number;
  return ops.transpose(named(ops.gelu(ops.slice(made, 2, 0, frames)), name), [0, 2, 1]);
}

/**
 * The bucket of each relative position key − query: half of them for each direction; small distances have their own, larger ones share
 * logarithmically.
 */
export function wavlmBucket(relative: number, buckets: number): number {
  const half = buckets / 2;
  const exact = half / 2;
  const distance = Math.abs(relative);
  const far = exact + Math.trunc((Math.log(distance / exact) / Math.log(MAX_DISTANCE / exact)) * (half - exact));
  return (relative > 0 ? half : 0) + (distance < exact ? distance : Math.min(far, half - 1));
}

/** [1, heads, frames, frames]: the table of the first block, which every block gates anew. */
function relativeBias(frames: number, { prefix, buckets, heads }: WavlmConfig): GraphValue {
  const indices = new Int32Array(frames * frames);
  for (let query = 0; query < frames; query++)
    for (let key = 0; key < frames; key++) indices[query * frames + key] = wavlmBucket(key - query, buckets);
  const table = parameter(`${prefix}encoder.layers.0.self_attn.relative_attention_bias.weight`, [buckets, heads]);
  return ops.transpose(ops.gather(table, constant(indices, [1, frames, frames], "int32"), 0), [0, 3, 1, 2]);
}

function selfAttention(x: GraphValue, name: string, heads: number, bias: GraphValue, seen: GraphValue): GraphValue {
  const [batch, frames, width] = x.shape as readonly [number, number, number];
  const [q, k, v] = queryKeyValue(x, [`${name}.q_proj`, `${name}.k_proj`, `${name}.v_proj`], width, true);
  const perHead = ops.transpose(ops.reshape(x, [batch, frames, heads, width / heads]), [0, 2, 1, 3]);
  const gated = ops.multiply(gate(perHead, name), bias);
  const scaled = ops.multiply(q, Math.sqrt(heads / width));
  return linear(maskedAttention(scaled, k, v, { heads, seen, bias: gated, scale: 1 }), `${name}.out_proj`, width, true);
}

/** How much each query heeds relative positions, from the block's own input: [batch, heads, frames, 1]. */
function gate(perHead: GraphValue, name: string): GraphValue {
  const [batch, heads, frames] = perHead.shape as readonly [number, number, number, number];
  const [gates, parts] = GATE_PARTS;
  const made = ops.reshape(linear(perHead, `${name}.grep_linear`, gates * parts, true), [batch, heads, frames, gates, parts]);
  const [a, b] = ops.split(ops.sigmoid(ops.sum(made, [4])), [1, 1], 3) as readonly [GraphValue, GraphValue];
  const bent = ops.subtract(ops.multiply(b, parameter(`${name}.grep_a`, [1, heads, 1, 1])), 1);
  return ops.add(ops.multiply(a, bent), 2);
}
