/** A Stable Audio 3 release joined to a backbone, wherever its files were opened. */
import {
  type AudioBackbone,
  type BridgeSite,
  type Denoiser,
  FoleyError,
  type GraphValue,
  type ParameterSource,
  type SamplingDefaults,
} from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { checkParameters } from "@foley-control/weights";
import { parametersRead } from "../release-parts.js";
import { type T5GemmaFiles, t5GemmaTextEncoder } from "../text/t5gemma.js";
import { T5GEMMA_PREFIX } from "../text/t5gemma-encoder.js";
import { stableAudio3ConditionGraph } from "./conditioner.js";
import { readStableAudio3Config, type StableAudio3Config } from "./config.js";
import { stableAudio3Sites, stableAudio3Transformer } from "./diffusion-transformer.js";
import { toldLatents } from "./known-latents.js";
import { headroom, stableAudio3Latents } from "./lengths.js";
import { sameCodec } from "./same.js";

/** The files of a release, opened. */
export interface StableAudio3Files {
  /** Parsed `model_config.json`. */
  readonly config: unknown;
  /** `model.safetensors`: `model.model.`, `pretransform.model.` and `conditioner.`. */
  readonly weights: ParameterSource;
  /** The folder of the text encoder. */
  readonly t5gemma: T5GemmaFiles;
}

/** As the authors sample: few steps after post-training, which need no guidance, and many of the base model. */
const SAMPLING: Readonly<Record<"few" | "many", SamplingDefaults>> = {
  few: { solver: "pingpong", steps: 8, guidanceScale: 1, projection: 1 },
  many: { solver: "euler", steps: 50, guidanceScale: 7, projection: 1 },
};

/** What the reference's solvers stay away from. */
const EDGES = { time: 1e-5, share: 1e-10 } as const;

/** Tensors that a release holds and no graph reads: rotary frequencies, which are computed, and noise of the bottleneck that has no channels. */
const UNREAD = /(?:\.inv_freq|bottleneck\.noise_scaling_factor)$/u;

/**
 * Stable Audio 3 small, base or post-trained, as a backbone. For folders on disk there is `stableAudio3` in `/node`.
 *
 * @throws FoleyError `bad-file` naming the field of a configuration that is wrong; `bad-weights` naming the tensors that are missing,
 * unknown or of another shape.
 */
export function stableAudio3Backbone(files: StableAudio3Files): AudioBackbone {
  const config = readStableAudio3Config(files.config);
  const { weights } = files;
  const text = t5GemmaTextEncoder(files.t5gemma, config.prompt.length);
  if (text.tokenWidth !== config.conditionWidth) {
    const what = `The T5Gemma is ${text.tokenWidth} wide (hidden_size), the release was trained with one of ${config.conditionWidth}.`;
    throw new FoleyError("bad-file", what, { hint: `Take the folder ${config.prompt.folder} of the release.` });
  }
  const codec = sameCodec(config.autoencoder, weights);
  const denoiser = stableAudio3Denoiser(config, codec.latentRate, weights);
  const conditionGraph: AudioBackbone["conditionGraph"] = ({ frames, batch }) =>
    stableAudio3ConditionGraph(config, { frames, batch });
  checkParameters(
    weights,
    parametersRead(
      denoiser.graph({ frames: 1 }),
      codec.encodeGraph({ frames: 1 }),
      codec.decodeGraph({ frames: 1 }),
      conditionGraph({ frames: 1 }),
    ),
    { label: "The weights of Stable Audio 3", ignore: weights.names().filter((name) => UNREAD.test(name)) },
  );
  checkParameters(text.weights, parametersRead(text.graph()), {
    label: "The weights of the T5Gemma",
    ignore: text.weights.names().filter((name) => !name.startsWith(T5GEMMA_PREFIX)),
  });
  const rule = { sampleRate: codec.sampleRate, hop: codec.hop, most: Math.floor(config.seconds * codec.latentRate + 1e-6) };
  return {
    specificationVersion: "v1",
    kind: "audio-backbone",
    id: denoiser.id,
    text,
    denoiser,
    codec,
    weights,
    seconds: { maximum: rule.most / codec.latentRate },
    streams: [],
    frames: (seconds) => stableAudio3Latents(seconds, rule),
    sampling: (frames) => ({
      ...SAMPLING[config.fewSteps ? "few" : "many"],
      shift: { ...config.shift, length: Math.max(1, frames - headroom(rule)) },
      edges: EDGES,
    }),
    conditionGraph,
    knownInputs: (known) => ({ local: toldLatents(known) }),
  };
}

/** Base and post-trained models have one identifier: their blocks map one to one, and a bridge of the one goes onto the other. */
function stableAudio3Denoiser(config: StableAudio3Config, latentRate: number, weights: ParameterSource): Denoiser {
  const { transformer: net, prompt } = config;
  const sites = (frames: number) => stableAudio3Sites(net, frames, latentRate);
  return {
    specificationVersion: "v1",
    kind: "denoiser",
    id: `stable-audio-3/${net.depth}x${net.embedDim}`,
    prediction: "flow",
    latentChannels: net.ioChannels,
    blocks: net.depth,
    weights,
    sites,
    graph({ frames, batch = 1, hook, extraInputs = [] }) {
      const inputs = {
        latents: input("latents", [batch, net.ioChannels, frames]),
        time: input("time", [batch]),
        context: input("context", [batch, prompt.length + 1, net.condTokenDim]),
        global: input("global", [batch, net.globalCondDim]),
        local: input("local", [batch, net.localAddCondDim, frames]),
      };
      const places = sites(frames);
      const atSite = hook && ((x: GraphValue, block: number) => hook(x, places[block] as BridgeSite));
      const prediction = stableAudio3Transformer(net, inputs, atSite);
      return graph("denoiser", [...Object.values(inputs), ...extraInputs], { prediction });
    },
  };
}
