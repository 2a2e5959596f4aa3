/** Configurations of networks: of T5, of Stable Audio Open, of V-JEPA 2, of small models and of denoisers of one's own. */
import { readFileSync } from "node:fs";
import {
  onnxBackbone,
  SMALL_BACKBONE_FORMAT,
  smallBackbone,
  smallBackboneConfig,
  smallBackboneFromSource,
  stableAudioBackbone,
} from "@foley-control/audio-backbone";
import { type AudioBackbone, memoryParameters, parseJson, type Random } from "@foley-control/core";
import { formulaWeights } from "@foley-control/golden";
import { goldenJson, goldenModel } from "@foley-control/golden/node";
import { MOTION_ENCODER, SMALL_VIDEO_ENCODER_FORMAT, smallVideoEncoderFromSource } from "@foley-control/video-encoder";
import { readDiffusersConfig } from "../../../packages/audio-backbone/src/stable-audio/release-diffusers.js";
import { tinyBackboneConfig } from "../../../packages/bridge/src/testing/small-parts.js";
import { checkAgainstConfig, parseVjepa2Release } from "../../../packages/video-encoder/src/vjepa2/release-config.js";
import { changedJsonText } from "../mutate-json.js";
import type { Family } from "./family.js";

const nothing = memoryParameters({});
const weights = (name: string) => memoryParameters(formulaWeights(goldenModel(name)));
const t5 = {
  config: goldenJson<object>("sao/sao-tiny/t5-tiny/config.json"),
  tokenizer: goldenJson<object>("sao/sao-tiny/t5-tiny/tokenizer.json"),
};
const own = new URL("../../../examples/own-denoiser/", import.meta.url);
const diffusers = {
  transformer: {
    ...{ in_channels: 16, out_channels: 16, num_layers: 2, attention_head_dim: 64, num_attention_heads: 4, sample_size: 64 },
    ...{ num_key_value_attention_heads: 2, cross_attention_dim: 128, cross_attention_input_dim: 128 },
    ...{ global_states_input_dim: 256, time_proj_dim: 256 },
  },
  vae: {
    ...{ audio_channels: 2, channel_multiples: [1, 2, 4, 8, 16], decoder_channels: 8, decoder_input_channels: 16 },
    ...{ downsampling_ratios: [2, 4, 4, 8, 8], encoder_hidden_size: 8, sampling_rate: 44100 },
  },
  projection: { conditioning_dim: 128, text_encoder_dim: 128, min_value: 0, max_value: 512 },
  tokenizer: { model_max_length: 128 },
};
const network = {
  ...{ hiddenSize: 96, layers: 3, patchSize: 16, tubeletSize: 2, mlpSize: 240, heads: 4 },
} as unknown as Parameters<typeof checkAgainstConfig>[0];

/** Builds every graph of a backbone, for a short clip. */
function build(backbone: AudioBackbone): void {
  backbone.denoiser.graph({ frames: 4 });
  backbone.codec.decodeGraph({ frames: 2 });
  backbone.conditionGraph({ frames: 4 });
  backbone.text.tokenise("a dog barks");
  backbone.text.graph();
}

interface Kind {
  readonly right: () => object;
  readonly use: (text: string, random: Random) => void;
}

const parsed = (text: string): unknown => parseJson(text, { what: "The configuration" });
let tiny: { readonly sao: ReturnType<typeof weights>; readonly t5: ReturnType<typeof weights> } | undefined;
const tinyWeights = () => (tiny ??= { sao: weights("sao/sao-tiny"), t5: weights("sao/sao-tiny/t5-tiny") });

const kinds: Readonly<Record<string, Kind>> = {
  "config of T5": {
    right: () => t5.config,
    use: (text) => {
      const model = goldenJson<object>("sao/sao-tiny/model_config.json");
      const all = tinyWeights();
      build(
        stableAudioBackbone({
          config: model,
          weights: all.sao,
          t5: { config: parsed(text), tokenizer: t5.tokenizer, weights: all.t5 },
        }),
      );
    },
  },
  "config of Stable Audio": {
    right: () => goldenJson<object>("sao/sao-tiny/model_config.json"),
    use: (text) => {
      const all = tinyWeights();
      build(stableAudioBackbone({ config: parsed(text), weights: all.sao, t5: { ...t5, weights: all.t5 } }));
    },
  },
  "configs of diffusers": {
    right: () => diffusers,
    use: (text) => readDiffusersConfig((parsed(text) ?? {}) as Parameters<typeof readDiffusersConfig>[0]),
  },
  "configs of V-JEPA 2": {
    right: () => ({
      config: goldenJson<object>("vjepa2/vjepa2-hf-tiny/config.json"),
      preprocessor: { crop_size: { height: 64, width: 64 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.2, 0.2, 0.2] },
    }),
    use: (text) => {
      const { config, preprocessor } = (parsed(text) ?? {}) as Readonly<Record<string, unknown>>;
      parseVjepa2Release(config, preprocessor);
      checkAgainstConfig(network, config);
    },
  },
  "config of a small backbone": {
    right: () => tinyBackboneConfig,
    use: (config) => build(smallBackboneFromSource(nothing, { format: SMALL_BACKBONE_FORMAT, config })),
  },
  "config of a small encoder": {
    right: () => ({ ...MOTION_ENCODER, imageSize: 16, window: 32 }),
    use: (config) => {
      smallVideoEncoderFromSource(nothing, { format: SMALL_VIDEO_ENCODER_FORMAT, config }).graph({ frames: 32 });
    },
  },
  "denoiser of one's own": {
    right: () => JSON.parse(readFileSync(new URL("denoiser.json", own), "utf8")) as object,
    use: (text) => {
      const file = new Uint8Array(readFileSync(new URL("denoiser.onnx", own)));
      onnxBackbone(file, parsed(text), smallBackbone(nothing, smallBackboneConfig(["a"])));
    },
  },
};

/** Configurations. */
export const settings: Family = (random) => {
  const [kind, { right, use }] = random.pick(Object.entries(kinds));
  const text = changedJsonText(random, right());
  return { kind, size: text.length, run: async () => use(text, random) };
};
