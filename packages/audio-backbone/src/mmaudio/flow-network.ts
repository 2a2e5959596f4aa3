/**
 * MMAudio's flow network (`model/networks.py`, `predict_flow`): joint blocks, then fused blocks, over latents, pictures and words. Its tensors
 * have the names of the checkpoint. It says where a latent goes from noise to sound: F = data − noise at the time t, 0 being noise.
 */
import type { GraphValue } from "@foley-control/core";
import { linear, named, ops } from "@foley-control/graph";
import { type BlockOptions, fusedBlock, jointBlock, rowRotary, type Streams } from "./blocks.js";
import { firstActivation, type MmaudioConditions } from "./conditions.js";
import type { MmaudioConfig } from "./config.js";
import { modulated, rowLayer, swiGlu } from "./layers.js";
import { timeEmbedding } from "./time-features.js";

/** What it reads at every step. */
export interface MmaudioState {
  /** [batch, latents, latentChannels]. */
  readonly latents: GraphValue;
  /** [batch], from 0, noise, to 1, sound. */
  readonly time: GraphValue;
}

/** What latents are missing: data − noise, [batch, latents, latentChannels]. What parts give is labelled with their names. */
export function mmaudioFlow(config: MmaudioConfig, { latents, time }: MmaudioState, conditions: MmaudioConditions): GraphValue {
  const { width, heads, jointBlocks, fusedBlocks } = config;
  const [batch, rows] = latents.shape as readonly [number, number];
  const clipRows = conditions.clip.shape[1] as number;
  const lifted = firstActivation(config)(rowLayer(latents, "audio_input_proj.0", width, 7, true));
  const meaning = named(swiGlu(ops.add(conditions.clipMean, conditions.textMean), "global_cond_mlp", 1), "global_cond_mlp");
  const moment = named(timeEmbedding(time, config), "t_embed");
  const global = ops.reshape(ops.add(moment, meaning), [batch, 1, width]);
  const extended = ops.add(global, conditions.sync);
  const options: BlockOptions = {
    heads,
    latentRotary: rowRotary(rows, width / heads),
    clipRotary: rowRotary(clipRows, width / heads, rows / clipRows),
  };
  let streams: Streams = {
    latents: named(swiGlu(lifted, "audio_input_proj.2", 7), "audio_input_proj"),
    clip: conditions.clip,
    text: conditions.text,
  };
  for (let block = 0; block < jointBlocks; block++) {
    const name = `joint_blocks.${block}`;
    const { latents, clip, text } = jointBlock(
      streams,
      name,
      { global, extended },
      { ...options, last: block === jointBlocks - 1 },
    );
    streams = {
      latents: named(latents, `${name}.latents`),
      clip: named(clip, `${name}.clip`),
      text: named(text, `${name}.text`),
    };
  }
  let x = streams.latents;
  for (let block = 0; block < fusedBlocks; block++) {
    const name = `fused_blocks.${block}`;
    x = named(fusedBlock(x, name, extended, options), name);
  }
  // By one row for all latents: the authors meant `extended` and trained with this.
  const last = linear(ops.silu(global), "final_layer.adaLN_modulation.1", 2 * width, true);
  const [shift, scale] = ops.split(last, [width, width], 2) as [GraphValue, GraphValue];
  return rowLayer(modulated(x, shift, scale), "final_layer.conv", config.latentChannels, 7, true);
}
