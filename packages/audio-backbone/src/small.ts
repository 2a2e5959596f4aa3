/** The small backbone: Stable-Audio-shaped, trained by this project, so that everything works on a fresh machine. */
import type { AudioBackbone, Denoiser, GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { SMALL_CODEC, type SmallCodecConfig, smallCodec } from "./codec/small-codec.js";
import type { DiffusionTransformerConfig } from "./stable-audio/diffusion-transformer.js";
import { numberConditioner } from "./stable-audio/number-conditioner.js";
import { transformerDenoiser } from "./stable-audio/transformer-denoiser.js";
import { type SmallTextEncoderConfig, smallTextEncoder } from "./text/small-text-encoder.js";

/** Everything that shapes the small backbone. */
export interface SmallBackboneConfig {
  /** Latents ↔ waveform. */
  readonly codec: SmallCodecConfig;
  /** Words → text tokens. */
  readonly text: SmallTextEncoderConfig;
  /** The diffusion network. */
  readonly denoiser: DiffusionTransformerConfig;
  /** Longest duration the number conditioner knows, seconds. */
  readonly maxSeconds: number;
}

/** The configuration that ships, given the words that the text encoder knows. */
export function smallBackboneConfig(vocabulary: readonly string[]): SmallBackboneConfig {
  const text = { vocabulary, length: 16, width: 96, layers: 2, heads: 3 };
  return {
    codec: SMALL_CODEC,
    text,
    denoiser: {
      ioChannels: SMALL_CODEC.latentChannels,
      embedDim: 192,
      depth: 5,
      numHeads: 6,
      condTokenDim: text.width,
      globalCondDim: text.width,
      projectCondTokens: false,
      qkNorm: "none",
      feedForwardMultiple: 2,
      timestepFeatures: 128,
    },
    maxSeconds: 16,
  };
}

/** text tokens and duration → context rows and global conditioning, as Stable Audio Open Small joins them. */
export function smallConditioning(
  config: SmallBackboneConfig,
  tokens: GraphValue,
  secondsTotal: GraphValue,
): { readonly context: GraphValue; readonly global: GraphValue } {
  const width = config.text.width;
  const global = numberConditioner(secondsTotal, "conditioner.conditioners.seconds_total", {
    min: 0,
    max: config.maxSeconds,
    width,
    features: 32,
  });
  return { context: ops.concat([tokens, ops.reshape(global, [tokens.shape[0] as number, 1, width])], 1), global };
}

/** The denoiser of the small backbone. */
export function smallDenoiser(weights: ParameterSource, config: SmallBackboneConfig): Denoiser {
  return transformerDenoiser(config.denoiser, {
    id: "foley-control/small-denoiser@1",
    prediction: "v",
    contextRows: config.text.length + 1,
    latentRate: config.codec.sampleRate / (config.codec.frameHop * config.codec.framesPerLatent),
    weights,
  });
}

/** The small backbone: 24 kHz mono, up to 12 s. */
export function smallBackbone(weights: ParameterSource, config: SmallBackboneConfig): AudioBackbone {
  return {
    specificationVersion: "v1",
    kind: "audio-backbone",
    id: "foley-control/small-backbone@1",
    text: smallTextEncoder(weights, config.text),
    denoiser: smallDenoiser(weights, config),
    codec: smallCodec(weights, config.codec),
    weights,
    conditionGraph(options) {
      const batch = options?.batch ?? 1;
      const tokens = input("tokens", [batch, config.text.length, config.text.width]);
      const secondsStart = input("secondsStart", [batch]);
      const secondsTotal = input("secondsTotal", [batch]);
      return graph("condition", [tokens, secondsStart, secondsTotal], { ...smallConditioning(config, tokens, secondsTotal) });
    },
  };
}
