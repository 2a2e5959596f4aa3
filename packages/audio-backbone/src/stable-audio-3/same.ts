/**
 * SAME, the autoencoder of Stable Audio 3 in its small form (stable-audio-3 `models/autoencoders.py`, `bottleneck.py`, `pretransforms.py`):
 * patches of samples, transformers inside of short chunks, latents that are scaled and moved and never drawn. The reference's decoder adds a
 * little noise of its own, of which nothing is left here: the same latents sound the same. Parameter names are those of the release.
 */
import { type AudioCodec, FoleyError, type Graph, type GraphValue, type ParameterSource } from "@foley-control/core";
import { graph, input, linear, named, ops, parameter } from "@foley-control/graph";
import { weightNormConvolution } from "../weight-norm.js";
import { FEED_FORWARD, latentsOfChunk, type SameBlocks, sameBlocks } from "./same-resampler.js";

/** What shapes the autoencoder; `pretransform.config` of a `model_config.json` has it under other names. */
export interface SameConfig {
  /** Hz. */
  readonly sampleRate: number;
  /** Channels of the waveform. */
  readonly audioChannels: number;
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Samples of one patch. */
  readonly patch: number;
  /** Blocks of the encoder. */
  readonly encoder: SameBlocks;
  /** Blocks of the decoder. */
  readonly decoder: SameBlocks;
  /** Prefix of all parameter names, e.g. `"pretransform.model."`. Default none. */
  readonly prefix?: string | undefined;
}

/** Samples per latent. */
export const sameHop = ({ patch, encoder }: Pick<SameConfig, "patch" | "encoder">): number => patch * encoder.stride;

/** Rows with zeros behind them, up to a multiple. */
function filledUp(x: GraphValue, axis: number, multiple: number): GraphValue {
  const length = x.shape[axis] as number;
  const missing = Math.ceil(length / multiple) * multiple - length;
  return missing === 0 ? x : ops.pad(x, axis, 0, missing);
}

/** Learned rows of each group: [batch, groups, count, width]. */
function learned(
  name: string,
  [batch, groups, count, width]: readonly [number, number, number, number],
  { rowsLearned = count }: SameBlocks,
): GraphValue {
  const rows = parameter(`${name}.new_tokens`, [1, rowsLearned, width]);
  return ops.expand(ops.reshape(rows, [1, 1, rowsLearned, width]), [batch, groups, count, width]);
}

/** From patches to rows, or back; where both are as wide there is nothing between. */
function mapping(
  x: GraphValue,
  name: string,
  to: number,
  { taps, bias }: { readonly taps: number; readonly bias?: boolean | undefined },
) {
  const from = x.shape[1] as number;
  const options = { from, to, taps, padding: (taps - 1) / 2, ...(bias === undefined ? {} : { bias }) };
  return from === to ? x : weightNormConvolution(x, `${name}.mapping`, options);
}

/** audio [batch, channels, samples] → patches [batch, channels·patch, patches], filled up with zeros. */
export function samePatches(audio: GraphValue, patch: number): GraphValue {
  const whole = filledUp(audio, 2, patch);
  const [batch, channels, samples] = whole.shape as readonly [number, number, number];
  const split = ops.reshape(whole, [batch, channels, samples / patch, patch]);
  return ops.reshape(ops.transpose(split, [0, 1, 3, 2]), [batch, channels * patch, samples / patch]);
}

/** patches [batch, channels·patch, patches] → latents before the bottleneck, as many as fill whole chunks: [batch, latentChannels, latents]. */
export function sameEncoder(patches: GraphValue, config: SameConfig): GraphValue {
  const { stride, width, chunkPatches, mappingTaps = 1, mappingBias } = config.encoder;
  const name = (layer: number) => `${config.prefix ?? ""}encoder.layers.${layer}`;
  const whole = filledUp(patches, 2, chunkPatches);
  const [batch, , count] = whole.shape as readonly [number, number, number];
  const mapped = named(mapping(whole, name(0), width, { taps: mappingTaps, bias: mappingBias }), name(0));
  const groups = count / stride;
  const rows = ops.reshape(ops.transpose(mapped, [0, 2, 1]), [batch, groups, stride, width]);
  const grouped = ops.concat([rows, learned(name(0), [batch, groups, 1, width], config.encoder)], 2);
  const last = ops.slice(sameBlocks(grouped, name(0), config.encoder), 2, stride, stride + 1);
  const selected = ops.reshape(last, [batch, groups, width]);
  return named(ops.transpose(linear(selected, name(2), config.latentChannels, true), [0, 2, 1]), name(2));
}

/**
 * latents behind the bottleneck [batch, latentChannels, frames] → patches [batch, channels·patch, …] of as many latents as fill whole chunks.
 *
 * @param noise - [batch, frames, stride, width], added to the learned rows: the reference draws a hundredth of a normal deviate.
 */
export function sameDecoder(latents: GraphValue, config: SameConfig, noise?: GraphValue): GraphValue {
  const { stride, width, mappingTaps = 3, mappingBias } = config.decoder;
  const name = (layer: number) => `${config.prefix ?? ""}decoder.layers.${layer}`;
  const inner = named(linear(ops.transpose(latents, [0, 2, 1]), name(1), width, true), name(1));
  const whole = filledUp(inner, 1, latentsOfChunk(config.decoder));
  const [batch, groups] = whole.shape as readonly [number, number, number];
  const fresh = learned(name(3), [batch, groups, stride, width], config.decoder);
  const tokens = noise ? ops.add(fresh, filledUp(noise, 1, latentsOfChunk(config.decoder))) : fresh;
  const grouped = ops.concat([ops.reshape(whole, [batch, groups, 1, width]), tokens], 2);
  const rows = ops.slice(sameBlocks(grouped, name(3), config.decoder), 2, 1, stride + 1);
  const time = ops.transpose(ops.reshape(rows, [batch, groups * stride, width]), [0, 2, 1]);
  const to = config.audioChannels * config.patch;
  return mapping(time, name(3), to, { taps: mappingTaps, bias: mappingBias });
}

/** patches [batch, channels·patch, patches] → audio [batch, channels, samples], not limited to ±1. */
export function sameAudio(
  patches: GraphValue,
  { audioChannels, patch }: Pick<SameConfig, "audioChannels" | "patch">,
): GraphValue {
  const [batch, , count] = patches.shape as readonly [number, number, number];
  const split = ops.transpose(ops.reshape(patches, [batch, audioChannels, patch, count]), [0, 1, 3, 2]);
  return ops.reshape(split, [batch, audioChannels, count * patch]);
}

const bottleneck = ({ prefix = "" }: SameConfig, name: string, shape: readonly number[]) =>
  parameter(`${prefix}bottleneck.${name}`, shape);

/** Latents as they are sampled: scaled and moved by what the release says, channel by channel, and divided by their deviation. */
export function sameNormalised(latents: GraphValue, config: SameConfig): GraphValue {
  const each = [1, config.latentChannels, 1];
  const moved = ops.add(ops.multiply(latents, bottleneck(config, "scaling_factor", each)), bottleneck(config, "bias", each));
  return ops.divide(moved, sameDeviation(config));
}

/** Their deviation in training, by which the decoder multiplies them again. */
export const sameDeviation = (config: SameConfig): GraphValue => ops.reshape(bottleneck(config, "running_std", [1]), [1, 1, 1]);

/** Graph: `audio` [batch, channels, frames·hop] → `latents` [batch, latentChannels, frames]. */
export function sameEncodeGraph(config: SameConfig, { frames, batch = 1 }: { frames: number; batch?: number }): Graph {
  const audio = input("audio", [batch, config.audioChannels, frames * sameHop(config)]);
  const latents = sameNormalised(sameEncoder(samePatches(audio, config.patch), config), config);
  return graph("same.encode", [audio], { latents: ops.slice(latents, 2, 0, frames) });
}

/** Graph: `latents` [batch, latentChannels, frames] → `audio` [batch, channels, frames·hop]. */
export function sameDecodeGraph(config: SameConfig, { frames, batch = 1 }: { frames: number; batch?: number }): Graph {
  const latents = input("latents", [batch, config.latentChannels, frames]);
  const audio = sameAudio(sameDecoder(ops.multiply(latents, sameDeviation(config)), config), config);
  return graph("same.decode", [latents], { audio: ops.slice(audio, 2, 0, frames * sameHop(config)) });
}

/** Largest array that is asked of a device: what WebGPU grants every page for one binding (`maxStorageBufferBindingSize`). */
const LARGEST_BUFFER = 128 * 2 ** 20;

/**
 * SAME as a codec. A latent's sound depends on its own chunk, those beside it in the first half of the blocks, and one patch further: pieces
 * that begin where a chunk begins are exact with two chunks around them.
 *
 * @throws FoleyError `invalid-argument` where encoder and decoder have other strides or chunks.
 */
export function sameCodec(config: SameConfig, weights: ParameterSource): AudioCodec {
  const { encoder, decoder } = config;
  if (encoder.stride !== decoder.stride || encoder.chunkPatches !== decoder.chunkPatches)
    throw new FoleyError("invalid-argument", "SAME's encoder and decoder have other strides or chunks.", {
      hint: "Take both from one model_config.json.",
    });
  const hop = sameHop(config);
  const chunk = latentsOfChunk(decoder);
  // The widest layer: both halves of a gated feed-forward.
  const bytes = 4 * 2 * (decoder.feedForwardMultiple ?? FEED_FORWARD) * decoder.width * (decoder.stride + 1);
  return {
    specificationVersion: "v1",
    kind: "audio-codec",
    id: `stable-audio-3/same-${config.latentChannels}x${hop}@1`,
    sampleRate: config.sampleRate,
    channels: config.audioChannels,
    hop,
    latentRate: config.sampleRate / hop,
    latentChannels: config.latentChannels,
    decodeContext: 2 * chunk,
    decodeAlign: chunk,
    decodeChunk: Math.max(6 * chunk, chunk * Math.floor(LARGEST_BUFFER / bytes / chunk)),
    weights,
    encodeGraph: (options) => sameEncodeGraph(config, options),
    decodeGraph: (options) => sameDecodeGraph(config, options),
  };
}
