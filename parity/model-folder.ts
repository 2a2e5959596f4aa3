/** What a release's `model_config.json` says of its diffusion transformer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DiffusionTransformerConfig } from "@foley-control/audio-backbone";

/** Reads `model_config.json` of a folder. */
export function readModelConfig(folder: string) {
  return JSON.parse(readFileSync(join(folder, "model_config.json"), "utf8"));
}

/** The release's own field names → ours. */
export function transformerConfig(
  // biome-ignore lint/suspicious/noExplicitAny: a file's content.
  from: any,
  prefix: string,
): DiffusionTransformerConfig {
  return {
    ioChannels: from.io_channels,
    embedDim: from.embed_dim,
    depth: from.depth,
    numHeads: from.num_heads,
    condTokenDim: from.cond_token_dim,
    globalCondDim: from.global_cond_dim,
    // The reference's default is to project.
    projectCondTokens: from.project_cond_tokens ?? true,
    qkNorm: from.attn_kwargs?.qk_norm === "ln" ? "ln" : "none",
    prefix,
  };
}
