/**
 * The Oobleck autoencoder of Stable Audio Open (Evans et al. 2024; stable-audio-tools `models/autoencoders.py`): a fully convolutional
 * encoder and decoder with a variational bottleneck between them. Parameter names are those of the release, read in place.
 */
import {
  type AudioCodec,
  elementCount,
  FoleyError,
  type Graph,
  type GraphValue,
  type ParameterSource,
} from "@foley-control/core";
import { graph, input, named } from "@foley-control/graph";
import { weightNormConvolution, weightNormTransposedConvolution } from "../weight-norm.js";
import { posteriorOf, samplePosterior } from "./oobleck-bottleneck.js";
import { DILATIONS, residualUnit, snake, WIDE } from "./oobleck-layers.js";

/** What shapes the autoencoder; `pretransform.config` of a `model_config.json` has it under other names. */
export interface OobleckConfig {
  /** Hz. */
  readonly sampleRate: number;
  /** Channels of the waveform. */
  readonly audioChannels: number;
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Channels of the encoder's first layer; those behind block i are `encoderChannels · multiples[i]`. */
  readonly encoderChannels: number;
  /** The same of the decoder's last layer. */
  readonly decoderChannels: number;
  /** Widths of the blocks as multiples, outermost first. */
  readonly multiples: readonly number[];
  /** Strides of the blocks, outermost first, all even; their product is the number of samples per latent. */
  readonly strides: readonly number[];
  /** Prefix of all parameter names, e.g. `"pretransform.model."`. Default none. */
  readonly prefix?: string;
}

/** Samples per latent. */
export const oobleckHop = ({ strides }: OobleckConfig): number => elementCount(strides);

/** Blocks with the channels on their outer and inner side, outermost first. */
function blocksOf({ multiples, strides }: OobleckConfig, channels: number) {
  return strides.map((stride, i) => ({
    stride,
    outer: channels * (multiples[i - 1] ?? 1),
    inner: channels * (multiples[i] as number),
  }));
}

/** The convolution that makes an axis shorter or longer by the factor `stride`. */
const resampling = (stride: number) => ({ taps: 2 * stride, stride, padding: stride / 2 });
const wide = { taps: WIDE, padding: (WIDE - 1) / 2 };

/**
 * audio [batch, audioChannels, samples] → [batch, 2·latentChannels, ⌊samples / hop⌋], means and raw scales, see `posteriorOf`. What each
 * layer gives is labelled with its name.
 */
export function oobleckEncoder(audio: GraphValue, config: OobleckConfig): GraphValue {
  const name = (layer: number) => `${config.prefix ?? ""}encoder.layers.${layer}`;
  const blocks = blocksOf(config, config.encoderChannels);
  const end = blocks.length + 1;
  const first = { from: config.audioChannels, to: config.encoderChannels, ...wide };
  let x = named(weightNormConvolution(audio, name(0), first), name(0));
  for (const [i, { outer, inner, stride }] of blocks.entries()) {
    const block = name(i + 1);
    for (const [unit, dilation] of DILATIONS.entries()) x = residualUnit(x, `${block}.layers.${unit}`, dilation);
    x = snake(x, `${block}.layers.${DILATIONS.length}`);
    const last = `${block}.layers.${DILATIONS.length + 1}`;
    x = named(weightNormConvolution(x, last, { from: outer, to: inner, ...resampling(stride) }), block);
  }
  x = named(snake(x, name(end)), name(end));
  const [from, to] = [x.shape[1] as number, 2 * config.latentChannels];
  return named(weightNormConvolution(x, name(end + 1), { from, to, taps: 3, padding: 1 }), name(end + 1));
}

/**
 * latents [batch, latentChannels, frames] → audio [batch, audioChannels, frames·hop], not limited to ±1. What each layer gives is labelled
 * with its name.
 */
export function oobleckDecoder(latents: GraphValue, config: OobleckConfig): GraphValue {
  const name = (layer: number) => `${config.prefix ?? ""}decoder.layers.${layer}`;
  const blocks = blocksOf(config, config.decoderChannels).reverse();
  const end = blocks.length + 1;
  const widest = blocks[0]?.inner ?? config.decoderChannels;
  let x = named(weightNormConvolution(latents, name(0), { from: config.latentChannels, to: widest, ...wide }), name(0));
  for (const [i, { outer, inner, stride }] of blocks.entries()) {
    const block = name(i + 1);
    x = snake(x, `${block}.layers.0`);
    x = weightNormTransposedConvolution(x, `${block}.layers.1`, { from: inner, to: outer, ...resampling(stride) });
    for (const [unit, dilation] of DILATIONS.entries()) x = residualUnit(x, `${block}.layers.${unit + 2}`, dilation);
    x = named(x, block);
  }
  x = named(snake(x, name(end)), name(end));
  const last = { from: config.decoderChannels, to: config.audioChannels, ...wide, bias: false };
  return named(weightNormConvolution(x, name(end + 1), last), name(end + 1));
}

/** Options of {@link oobleckEncodeGraph}. */
export interface OobleckEncodeOptions {
  /** Latents. */
  readonly frames: number;
  /** Default 1. */
  readonly batch?: number;
  /**
   * Whether the latents are drawn, with standard normal numbers in a second input `noise` [batch, latentChannels, frames], as in
   * stable-audio-tools, or are the means. Default false.
   */
  readonly noise?: boolean;
}

/** Graph: `audio` [batch, audioChannels, frames·hop] → `latents` [batch, latentChannels, frames]. */
export function oobleckEncodeGraph(config: OobleckConfig, { frames, batch = 1, noise = false }: OobleckEncodeOptions): Graph {
  const audio = input("audio", [batch, config.audioChannels, frames * oobleckHop(config)]);
  const posterior = posteriorOf(oobleckEncoder(audio, config));
  if (!noise) return graph("oobleck.encode", [audio], { latents: posterior.mean });
  const drawn = input("noise", [batch, config.latentChannels, frames]);
  return graph("oobleck.encode", [audio, drawn], { latents: samplePosterior(posterior, drawn) });
}

/** Graph: `audio` [batch, audioChannels, frames·hop] → `latents`, the means, and `std`, both [batch, latentChannels, frames]. */
function oobleckPosteriorGraph(config: OobleckConfig, { frames, batch = 1 }: { frames: number; batch?: number }): Graph {
  const audio = input("audio", [batch, config.audioChannels, frames * oobleckHop(config)]);
  const { mean, std } = posteriorOf(oobleckEncoder(audio, config));
  return graph("oobleck.posterior", [audio], { latents: mean, std });
}

/** Graph: `latents` [batch, latentChannels, frames] → `audio` [batch, audioChannels, frames·hop]. */
export function oobleckDecodeGraph(config: OobleckConfig, { frames, batch = 1 }: { frames: number; batch?: number }): Graph {
  const latents = input("latents", [batch, config.latentChannels, frames]);
  return graph("oobleck.decode", [latents], { audio: oobleckDecoder(latents, config) });
}

/**
 * How many latents on each side the samples of one latent depend on. With as many as context, a chunk is decoded as in the whole: no layer
 * sees further. 10 for the released strides.
 */
export function oobleckDecodeContext(config: OobleckConfig): number {
  const side = (taps: number, dilation = 1) => (dilation * (taps - 1)) / 2;
  const units = DILATIONS.reduce((sum, dilation) => sum + side(WIDE, dilation), 0);
  // First and last place that matter, from the samples of latent 0 back to the latents.
  let [first, last] = [0, oobleckHop(config) - 1];
  const widen = (by: number) => {
    first -= by;
    last += by;
  };
  widen(side(WIDE));
  for (const stride of config.strides) {
    widen(units);
    // Place p of a transposed convolution is made of the inputs i with 0 ≤ p + pad − i·stride < 2·stride.
    first = Math.floor((first + stride / 2) / stride) - 1;
    last = Math.floor((last + stride / 2) / stride);
  }
  widen(side(WIDE));
  return Math.max(-first, last);
}

/** Bytes of the largest array between two layers of the decoder, per latent, in float32: 1 MiB for the released widths. */
export function oobleckDecodeBytes(config: OobleckConfig): number {
  const blocks = blocksOf(config, config.decoderChannels);
  let places = oobleckHop(config);
  let most = 0;
  for (const { outer, inner, stride } of blocks) {
    most = Math.max(most, outer * places);
    places /= stride;
    most = Math.max(most, inner * places);
  }
  return 4 * most;
}

/** Largest array that is asked of a device: what WebGPU grants every page for one binding (`maxStorageBufferBindingSize`). */
const LARGEST_BUFFER = 128 * 2 ** 20;

/**
 * The Oobleck autoencoder as a codec. `encodeGraph` gives the means; {@link oobleckEncodeGraph} draws.
 *
 * @throws FoleyError `invalid-argument` for strides that are not even, or not as many as multiples.
 */
export function oobleckCodec(config: OobleckConfig, weights: ParameterSource): AudioCodec {
  const { strides, multiples } = config;
  if (strides.length === 0 || strides.length !== multiples.length || strides.some((n) => !Number.isInteger(n / 2) || n < 2)) {
    const what = `Oobleck's strides [${strides}] must be even and as many as its multiples [${multiples}].`;
    throw new FoleyError("invalid-argument", what, { hint: "Take c_mults and strides of the model's configuration." });
  }
  const hop = oobleckHop(config);
  const decodeContext = oobleckDecodeContext(config);
  return {
    specificationVersion: "v1",
    kind: "audio-codec",
    id: `stable-audio-open/oobleck-${config.latentChannels}x${hop}@1`,
    sampleRate: config.sampleRate,
    channels: config.audioChannels,
    hop,
    latentRate: config.sampleRate / hop,
    latentChannels: config.latentChannels,
    decodeContext,
    decodeChunk: Math.max(2 * decodeContext + 1, Math.floor(LARGEST_BUFFER / oobleckDecodeBytes(config))),
    weights,
    encodeGraph: ({ frames, batch = 1 }) => oobleckEncodeGraph(config, { frames, batch }),
    posteriorGraph: (options) => oobleckPosteriorGraph(config, options),
    decodeGraph: (options) => oobleckDecodeGraph(config, options),
  };
}
