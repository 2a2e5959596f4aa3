/** The diffusion transformer as the denoiser of a backbone. */
import type { BridgeSite, Denoiser, GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { type DiffusionTransformerConfig, diffusionTransformer, diffusionTransformerSites } from "./diffusion-transformer.js";

/** What {@link transformerDenoiser} needs besides the network. */
export interface TransformerDenoiserOptions {
  /** Stable identifier, written into bridge files. */
  readonly id: string;
  /** What the network predicts. */
  readonly prediction: Denoiser["prediction"];
  /** Rows of the context: text, padding and numbers. */
  readonly contextRows: number;
  /** Latents per second. */
  readonly latentRate: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
}

/** A denoiser with a site after the text cross-attention of every block. */
export function transformerDenoiser(config: DiffusionTransformerConfig, options: TransformerDenoiserOptions): Denoiser {
  const { id, prediction, contextRows, latentRate, weights } = options;
  const sites = (frames: number) => diffusionTransformerSites(config, frames, latentRate);
  return {
    specificationVersion: "v1",
    kind: "denoiser",
    id,
    prediction,
    latentChannels: config.ioChannels,
    blocks: config.depth,
    weights,
    sites,
    graph({ frames, batch = 1, hook, extraInputs = [] }) {
      const latents = input("latents", [batch, config.ioChannels, frames]);
      const time = input("time", [batch]);
      const context = input("context", [batch, contextRows, config.condTokenDim]);
      const global = input("global", [batch, config.globalCondDim]);
      const places = sites(frames);
      const atSite = hook && ((x: GraphValue, block: number) => hook(x, places[block] as BridgeSite));
      const prediction = diffusionTransformer(config, { latents, time, context, global }, atSite);
      return graph("denoiser", [latents, time, context, global, ...extraInputs], { prediction });
    },
  };
}
