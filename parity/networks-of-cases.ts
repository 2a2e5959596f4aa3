/** What the network of a case is shaped like: a release's own configuration, or the fields that a case names as the release does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DiffusionTransformerConfig,
  type OobleckConfig,
  readStableAudioConfig,
  type StableAudioConfig,
} from "@foley-control/audio-backbone";
import type { GoldenCase } from "@foley-control/golden";

/** Reads `model_config.json` of a folder. */
export const readModelConfig = (folder: string): StableAudioConfig =>
  readStableAudioConfig(JSON.parse(readFileSync(join(folder, "model_config.json"), "utf8")));

/** The transformer of a case that has a table of weights. */
export const transformerOf = ({ file: { config, weights } }: GoldenCase): DiffusionTransformerConfig => ({
  ioChannels: config.io_channels,
  embedDim: config.embed_dim,
  depth: config.depth,
  numHeads: config.num_heads,
  condTokenDim: config.cond_token_dim,
  globalCondDim: config.global_cond_dim,
  // The reference's default is to project.
  projectCondTokens: config.project_cond_tokens ?? true,
  qkNorm: config.attn_kwargs?.qk_norm === "ln" ? "ln" : "none",
  prefix: prefixOf(weights, "transformer.project_in.weight"),
});

/** The half of an Oobleck autoencoder that a case has a table of weights for; it encodes when the case names channels that go in. */
export function oobleckHalfOf({ file: { config, weights } }: GoldenCase): OobleckConfig {
  const encodes = config.in_channels !== undefined;
  return {
    // No number of a half depends on it.
    sampleRate: 1,
    audioChannels: config.in_channels ?? config.out_channels,
    latentChannels: encodes ? config.latent_dim / 2 : config.latent_dim,
    encoderChannels: config.channels,
    decoderChannels: config.channels,
    multiples: config.c_mults,
    strides: config.strides,
    prefix: prefixOf(weights, `${encodes ? "encoder" : "decoder"}.layers.0.bias`),
  };
}

/** What stands before a parameter's own name in the table of a case; empty when no name ends with it. */
function prefixOf(weights: GoldenCase["file"]["weights"], ends: string): string {
  const name = typeof weights === "object" ? Object.keys(weights).find((one) => one.endsWith(ends)) : undefined;
  return name?.slice(0, -ends.length) ?? "";
}
