/** A Stable Audio Open release joined to a backbone, whatever its files are called and wherever they were opened. */
import {
  type AudioBackbone,
  type AudioCodec,
  FoleyError,
  type Graph,
  type ParameterSource,
  type SamplingDefaults,
} from "@foley-control/core";
import { checkParameters } from "@foley-control/weights";
import { latentsFor } from "../condition.js";
import { parametersRead } from "../release-parts.js";
import { type T5Files, t5TextEncoder } from "../text/t5.js";
import { stableAudioConditionGraph } from "./conditioner.js";
import { readStableAudioConfig, type StableAudioConfig } from "./config.js";
import { oobleckCodec } from "./oobleck.js";
import { transformerDenoiser } from "./transformer-denoiser.js";

/** The files of a release, opened. */
export interface StableAudioFiles {
  /** Parsed `model_config.json`. */
  readonly config: unknown;
  /** `model.safetensors`, under the names of stable-audio-tools (`model.model.`, `pretransform.model.`, `conditioner.`). */
  readonly weights: ParameterSource;
  /** The folder of the text encoder; the releases do not hold it in their weights. */
  readonly t5: T5Files;
}

/** Weights of one network, and how they name what the graphs name as stable-audio-tools does. */
export interface StoredNetwork {
  /** What to call the weights in errors. */
  readonly label: string;
  /** The weights. */
  readonly weights: ParameterSource;
  /** A graph with the parameters of these weights instead of its own. Default: the same graph. */
  readonly renamed?: (graph: Graph) => Graph;
}

/** The networks of a release besides the text encoder. */
export interface StableAudioNetworks {
  /** Diffusion transformer. */
  readonly denoiser: StoredNetwork;
  /** Oobleck autoencoder. */
  readonly autoencoder: StoredNetwork;
  /** Numbers to tokens. */
  readonly conditioner: StoredNetwork;
}

/** As the model cards of 1.0 and of Small say. */
const SAMPLING: Readonly<Record<"v" | "flow", SamplingDefaults>> = {
  v: { solver: "dpmpp-3m-sde", steps: 100, guidanceScale: 7, sigmaMin: 0.3, sigmaMax: 500 },
  flow: { solver: "pingpong", steps: 8, guidanceScale: 1 },
};

/** Small was trained on 11.9 s; its rotary positions go the little further to clips of 12 s. */
const LEAST_MAXIMUM_SECONDS = 12;

/** Buffers that a checkpoint may hold and no graph reads: rotary frequencies are computed. */
const BUFFERS = ["model.model.transformer.rotary_pos_emb.inv_freq"];

/**
 * Stable Audio Open 1.0 or Small, or a fine-tune of either, as a backbone. For folders on disk there is `stableAudioOpen` in `/node`.
 *
 * @throws FoleyError `bad-file` naming the field of a configuration that is wrong; `bad-weights` naming the tensors that are missing,
 * unknown or of another shape.
 */
export function stableAudioBackbone({ config, weights, t5 }: StableAudioFiles): AudioBackbone {
  const stored = { label: "The weights of Stable Audio Open", weights };
  return joinStableAudio(readStableAudioConfig(config), t5, { denoiser: stored, autoencoder: stored, conditioner: stored });
}

/** The backbone of a configuration and opened networks. */
export function joinStableAudio(config: StableAudioConfig, t5: T5Files, networks: StableAudioNetworks): AudioBackbone {
  const text = t5TextEncoder(t5, config.prompt.length);
  if (text.tokenWidth !== config.conditionWidth) {
    const what = `The T5 is ${text.tokenWidth} wide (d_model), the release was trained with one of ${config.conditionWidth}.`;
    throw new FoleyError("bad-file", what, { hint: `Take ${config.prompt.model}.` });
  }
  const codec = renamedCodec(oobleckCodec(config.autoencoder, networks.autoencoder.weights), networks.autoencoder);
  const plain = transformerDenoiser(config.transformer, {
    id: `stable-audio-open/${config.prediction}-${config.transformer.depth}x${config.transformer.embedDim}`,
    prediction: config.prediction,
    contextRows: config.prompt.length + config.contextIds.length - 1,
    latentRate: codec.latentRate,
    weights: networks.denoiser.weights,
  });
  const denoiser = {
    ...plain,
    graph: (options: Parameters<typeof plain.graph>[0]) => renamed(plain.graph(options), networks.denoiser),
  };
  const conditionGraph = ({ batch }: { readonly batch?: number } = {}) =>
    renamed(stableAudioConditionGraph(config, batch), networks.conditioner);
  checkNetworks(networks, {
    denoiser: [denoiser.graph({ frames: 1 })],
    autoencoder: [codec.encodeGraph({ frames: 1 }), codec.decodeGraph({ frames: 1 })],
    conditioner: [conditionGraph()],
  });
  checkText(text.weights, text.graph());
  return {
    specificationVersion: "v1",
    kind: "audio-backbone",
    id: denoiser.id,
    text,
    denoiser,
    codec,
    weights: networks.conditioner.weights,
    seconds: { maximum: Math.max(config.seconds, LEAST_MAXIMUM_SECONDS) },
    streams: [],
    frames: (seconds) => latentsFor(codec, seconds),
    sampling: () => SAMPLING[config.prediction],
    conditionGraph,
  };
}

const renamed = (graph: Graph, { renamed: rename }: StoredNetwork): Graph => rename?.(graph) ?? graph;

function renamedCodec(codec: AudioCodec, network: StoredNetwork): AudioCodec {
  const { posteriorGraph } = codec;
  return {
    ...codec,
    ...(posteriorGraph && { posteriorGraph: (options) => renamed(posteriorGraph(options), network) }),
    encodeGraph: (options) => renamed(codec.encodeGraph(options), network),
    decodeGraph: (options) => renamed(codec.decodeGraph(options), network),
  };
}

/** Each file must hold exactly what the graphs of its networks read. */
function checkNetworks(
  networks: StableAudioNetworks,
  graphs: Readonly<Record<keyof StableAudioNetworks, readonly Graph[]>>,
): void {
  const bySource = new Map<ParameterSource, { readonly label: string; readonly graphs: Graph[] }>();
  for (const part of ["denoiser", "autoencoder", "conditioner"] as const) {
    const { weights, label } = networks[part];
    const entry = bySource.get(weights) ?? { label, graphs: [] };
    entry.graphs.push(...graphs[part]);
    bySource.set(weights, entry);
  }
  for (const [weights, { label, graphs: read }] of bySource) {
    checkParameters(weights, parametersRead(...read), { label, ignore: BUFFERS });
  }
}

/** A T5 checkpoint may hold a decoder, its output layer, and the table under a second name. */
function checkText(weights: ParameterSource, graph: Graph): void {
  const unread = /^(decoder\.|lm_head\.|encoder\.embed_tokens\.)/;
  checkParameters(weights, parametersRead(graph), {
    label: "The weights of the T5",
    ignore: weights.names().filter((name) => unread.test(name)),
  });
}
