/** The small backbone: Stable-Audio-shaped, trained by this project, so that everything works on a fresh machine. */
import type { AudioBackbone, Denoiser, GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { SMALL_CODEC, type SmallCodecConfig, smallCodec } from "./codec/small-codec.js";
import { latentsFor } from "./condition.js";
import type { DiffusionTransformerConfig } from "./stable-audio/diffusion-transformer.js";
import { numberConditioner } from "./stable-audio/number-conditioner.js";
import { transformerDenoiser } from "./stable-audio/transformer-denoiser.js";
import { type SmallTextEncoderConfig, smallTextEncoder } from "./text/small-text-encoder.js";
import { wordsOf, wordTokeniser } from "./text/word-tokeniser.js";

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

/** Text tokens and duration → context rows and global conditioning, as Stable Audio Open Small joins them; without text zeros. */
export function smallConditioning(
  config: SmallBackboneConfig,
  tokens: GraphValue,
  secondsTotal: GraphValue,
  textKept: GraphValue,
): { readonly context: GraphValue; readonly global: GraphValue } {
  const width = config.text.width;
  const global = numberConditioner(secondsTotal, "conditioner.conditioners.seconds_total", {
    min: 0,
    max: config.maxSeconds,
    width,
    features: 32,
  });
  const batch = tokens.shape[0] as number;
  const rows = ops.concat([tokens, ops.reshape(global, [batch, 1, width])], 1);
  return { context: ops.multiply(rows, ops.reshape(textKept, [batch, 1, 1])), global };
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

/** Options of {@link smallBackbone}. */
export interface SmallBackboneOptions {
  /** Length of the clips that it was trained on, seconds; longer ones are conditioned as these. Default: as long as they are. */
  readonly trainedSeconds?: number | undefined;
}

/** The small backbone: 24 kHz mono, 4 to 12 s at once. */
export function smallBackbone(
  weights: ParameterSource,
  config: SmallBackboneConfig,
  options: SmallBackboneOptions = {},
): AudioBackbone {
  const codec = smallCodec(weights, config.codec);
  const tokeniser = wordTokeniser(config.text.vocabulary, config.text.length);
  return {
    specificationVersion: "v1",
    kind: "audio-backbone",
    id: "foley-control/small-backbone@1",
    text: smallTextEncoder(weights, config.text),
    denoiser: smallDenoiser(weights, config),
    codec,
    weights,
    seconds: { minimum: 4, trained: options.trainedSeconds, maximum: 12 },
    streams: [],
    frames: (seconds) => latentsFor(codec, seconds),
    unknownWords(prompt) {
      const read = wordsOf(prompt).slice(0, config.text.length);
      return [...new Set(tokeniser.unknown(read.join(" ")))];
    },
    conditionGraph({ batch = 1 }) {
      const tokens = input("tokens", [batch, config.text.length, config.text.width]);
      const secondsTotal = input("secondsTotal", [batch]);
      const textKept = input("textKept", [batch]);
      return graph("condition", [tokens, secondsTotal, textKept], {
        ...smallConditioning(config, tokens, secondsTotal, textKept),
      });
    },
  };
}
