/** What Synchformer hears: an audio spectrogram transformer (Gong et al. 2021, arXiv 2104.01778), then one token per time step. */
import type { GraphValue } from "@foley-control/core";
import { attention, feedForward, layerNorm, linear, named, ops, parameter, queryKeyValue } from "@foley-control/graph";
import { aggregate } from "@foley-control/video-encoder";
import type { TransformerSizes } from "../read-weights.js";

/** Sizes of the audio trunk. */
interface SynchformerAudioConfig extends TransformerSizes {
  /** Mel bands and frames of a patch. */
  readonly patch: readonly [number, number];
  /** Width of the hidden layer that draws the frequencies together. */
  readonly aggregateHidden: number;
}

const PREFIX = "afeat_extractor";
const TRUNK = `${PREFIX}.ast`;
/** Mel bands, or frames, from one patch to the next: patches of 16 overlap by 6. */
const STRIDE = 10;
const EPSILON = 1e-12;

/** Mel [segments, 1, bands, frames] → features [segments, time steps, width]; 66 frames make 6 steps. */
export function synchformerAudio(mel: GraphValue, config: SynchformerAudioConfig): GraphValue {
  const { width, depth, heads, patch } = config;
  const segments = mel.shape[0] as number;
  const embeddings = `${TRUNK}.embeddings`;
  const projection = `${embeddings}.patch_embeddings.projection`;
  const bias = parameter(`${projection}.bias`, [width]);
  const patches = ops.convolution(mel, parameter(`${projection}.weight`, [width, 1, ...patch]), { stride: STRIDE, bias });
  const [, , bands, times] = patches.shape as readonly [number, number, number, number];
  const rows = ops.transpose(ops.reshape(patches, [segments, width, bands * times]), [0, 2, 1]);
  const tokens = ["cls_token", "distillation_token"].map((name) =>
    ops.expand(parameter(`${embeddings}.${name}`, [1, 1, width]), [segments, 1, width]),
  );
  const positions = parameter(`${embeddings}.position_embeddings`, [1, 2 + bands * times, width]);
  let x = named(ops.add(ops.concat([...tokens, rows], 1), positions), embeddings);
  for (let i = 0; i < depth; i++) {
    const name = `${TRUNK}.encoder.layer.${i}`;
    x = named(block(x, name, config), name);
  }
  const normed = named(layerNorm(x, `${TRUNK}.layernorm.weight`, `${TRUNK}.layernorm.bias`, EPSILON), `${TRUNK}.layernorm`);
  const grid = ops.reshape(ops.slice(normed, 1, 2, 2 + bands * times), [segments, bands, times, width]);
  const groups = ops.reshape(ops.transpose(grid, [0, 2, 1, 3]), [segments * times, bands, width]);
  const features = aggregate(groups, `${PREFIX}.freq_attn_agg`, heads, config.aggregateHidden);
  return ops.reshape(features, [segments, times, width]);
}

function block(x: GraphValue, name: string, { width, heads, hidden }: SynchformerAudioConfig): GraphValue {
  const norm = (value: GraphValue, which: string) =>
    layerNorm(value, `${name}.${which}.weight`, `${name}.${which}.bias`, EPSILON);
  const within = `${name}.attention.attention`;
  const before = norm(x, "layernorm_before");
  const [q, k, v] = queryKeyValue(before, [`${within}.query`, `${within}.key`, `${within}.value`], width, true);
  const seen = ops.add(x, linear(attention(q, k, v, { heads }), `${name}.attention.output.dense`, width, true));
  const names = [`${name}.intermediate.dense`, `${name}.output.dense`] as const;
  return ops.add(seen, feedForward(norm(seen, "layernorm_after"), names, hidden));
}
