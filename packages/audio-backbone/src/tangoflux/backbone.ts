/** TangoFlux as a backbone: FLAN-T5, the transformer, and Stable Audio Open's autoencoder. A bridge has a place in every block. */
import {
  type AudioBackbone,
  type AudioCodec,
  type BridgeSite,
  type Denoiser,
  FoleyError,
  type GraphValue,
  type ParameterSource,
  type TextEncoder,
} from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { tangofluxConditionGraph } from "./conditions.js";
import type { TangofluxConfig } from "./config.js";
import { tangofluxSites, tangofluxTransformer } from "./transformer.js";

/** Parts of the backbone. */
export interface TangofluxParts {
  /** What shapes the network, see `readTangofluxConfig`. */
  readonly config: TangofluxConfig;
  /** Its tensors, `tangoflux.safetensors`. */
  readonly network: ParameterSource;
  /** FLAN-T5, with rows of padding as they are computed: see `t5TextEncoder`. */
  readonly text: TextEncoder;
  /** The autoencoder, see `tangofluxCodec`. */
  readonly codec: AudioCodec;
}

/** As the authors' Python does: even steps. */
const SAMPLING = {
  solver: "euler",
  steps: 25,
  guidanceScale: 4.5,
  levels: (steps: number) => Float32Array.from({ length: steps + 1 }, (_, i) => 1 - i / steps),
} as const;

/**
 * Joins the parts.
 *
 * @throws FoleyError `bad-file` when text encoder or codec are of another width than the network reads
 */
export function tangoflux({ config, network, text, codec }: TangofluxParts): AudioBackbone {
  const { textWidth, latentChannels, frames } = config;
  const fits = (what: string, has: number, wants: number, hint: string): void => {
    if (has !== wants) throw new FoleyError("bad-file", `${what} ${has} wide; TangoFlux reads ${wants}.`, { hint });
  };
  fits(`The text encoder "${text.id}" is`, text.tokenWidth, textWidth, `Take the files of ${config.textEncoder}.`);
  fits("Latents of the autoencoder are", codec.latentChannels, latentChannels, "Take the vae.safetensors of the same release.");
  const denoiser = tangofluxDenoiser(config, { network, text, latentRate: codec.latentRate });
  return {
    specificationVersion: "v1",
    kind: "audio-backbone",
    id: denoiser.id,
    text,
    denoiser,
    codec,
    weights: network,
    seconds: { maximum: Math.min(config.maximumSeconds, frames / codec.latentRate) },
    streams: [],
    frames: () => frames,
    sampling: () => SAMPLING,
    conditionGraph: ({ batch, rows = {} }) => tangofluxConditionGraph(config, rows["tokens"] ?? text.length, batch),
  };
}

function tangofluxDenoiser(
  config: TangofluxConfig,
  { network, text, latentRate }: { readonly network: ParameterSource; readonly text: TextEncoder; readonly latentRate: number },
): Denoiser {
  const { doubleBlocks, singleBlocks, latentChannels, textWidth, heads, headWidth } = config;
  const sites = (frames: number) => tangofluxSites(config, frames, latentRate);
  return {
    specificationVersion: "v1",
    kind: "denoiser",
    id: `tangoflux/${doubleBlocks}+${singleBlocks}x${heads * headWidth}`,
    prediction: "flow",
    latentChannels,
    blocks: doubleBlocks + singleBlocks,
    weights: network,
    sites,
    graph({ frames, batch = 1, rows = {}, hook, extraInputs = [] }) {
      const latents = input("latents", [batch, latentChannels, frames]);
      const time = input("time", [batch]);
      const context = input("context", [batch, (rows["tokens"] ?? text.length) + 1, textWidth]);
      const pooled = input("pooled", [batch, textWidth]);
      const places = sites(frames);
      const atSite = hook && ((x: GraphValue, block: number) => hook(x, places[block] as BridgeSite));
      const given = { latents: ops.transpose(latents, [0, 2, 1]), time, context, pooled };
      const prediction = ops.transpose(tangofluxTransformer(config, given, atSite), [0, 2, 1]);
      return graph("denoiser", [latents, time, context, pooled, ...extraInputs], { prediction });
    },
  };
}
