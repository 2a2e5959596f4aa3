/** Which of the five MMAudio networks a checkpoint is: nothing says so in words, everything follows from names and shapes. */
import type { ParameterSource } from "@foley-control/core";
import { countNumbered, type NamedWeights, shapeOf } from "@foley-control/weights";

/** What shapes the flow network (Cheng et al. 2024, "Taming Multimodal Joint Training for High-Quality Video-to-Audio Synthesis"). */
export interface MmaudioConfig {
  /** v2 has SiLU behind every first layer, and times in as many features as the network is wide. */
  readonly version: "v1" | "v2";
  /** Channels of one latent: 20 at 16 kHz, 40 at 44.1 kHz. */
  readonly latentChannels: number;
  /** Width of the rows. */
  readonly width: number;
  /** Heads of attention. */
  readonly heads: number;
  /** Blocks in which latents, pictures and words attend to each other. */
  readonly jointBlocks: number;
  /** Blocks of the latents alone, behind them. */
  readonly fusedBlocks: number;
  /** Width of a row of CLIP's pictures. */
  readonly clipWidth: number;
  /** Width of a row of Synchformer's pictures. */
  readonly syncWidth: number;
  /** Width of a row of text. */
  readonly textWidth: number;
  /** Rows of text. */
  readonly textRows: number;
}

/** Channels of a head in every released network. */
const HEAD_WIDTH = 64;

/** Rows that Synchformer says of each segment. */
export const ROWS_PER_SEGMENT = 8;

/** Tensors of constants that some files hold; the network makes its own. */
export const DERIVED_TENSORS: readonly string[] = ["t_embed.freqs", "latent_rot", "clip_rot"];

const WEIGHTS: NamedWeights = {
  title: "MMAudio's network",
  file: "mmaudio_small_16k.pth, mmaudio_large_44k_v2.pth or another of the five",
};

/**
 * Reads the configuration off the weights.
 *
 * @param heads - default: one for each 64 channels, as released
 * @throws FoleyError `bad-weights` when it is no MMAudio network, naming what is missing
 */
export function readMmaudioConfig(weights: ParameterSource, heads?: number): MmaudioConfig {
  const shape = (name: string, axes: number) => shapeOf(weights, name, axes, WEIGHTS);
  const [width, latentChannels] = shape("audio_input_proj.0.weight", 3) as [number, number];
  const [textRows, textWidth] = shape("empty_string_feat", 2) as [number, number];
  return {
    version: weights.get("clip_input_proj.2.w1.weight") ? "v2" : "v1",
    latentChannels,
    width,
    heads: heads ?? Math.max(1, Math.round(width / HEAD_WIDTH)),
    jointBlocks: countNumbered(weights, "joint_blocks."),
    fusedBlocks: countNumbered(weights, "fused_blocks."),
    clipWidth: shape("empty_clip_feat", 2)[1] as number,
    syncWidth: shape("empty_sync_feat", 2)[1] as number,
    textWidth,
    textRows,
  };
}
