/**
 * The small codec. Its latents are the principal components of short stretches of square-root magnitude spectra (Pearson
 * 1901): the best linear code there is, found in closed form, smooth in time and blind to phase, which is what a small
 * diffusion model can learn. A small network sharpens what the components blur, and the phase is found in the same graph
 * (`phase.ts`). 24 kHz mono, one latent per eight spectrum frames (23.4 Hz), matrix products only.
 */
import type { AudioCodec, Graph, GraphValue, ParameterSource } from "@foley-control/core";
import { gatedFeedForward, graph, input, layerNorm, linear, ops, parameter } from "@foley-control/graph";
import { withPhase } from "./phase.js";
import { analyse, binsOf, type FourierConstants, fourierConstants } from "./short-time-fourier.js";

/** Network of the small codec. */
export interface SmallCodecConfig {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples between spectrum frames. */
  readonly frameHop: number;
  /** Spectrum frames per latent. */
  readonly framesPerLatent: number;
  /** Principal components kept. */
  readonly latentChannels: number;
  /** Width of the sharpening network. */
  readonly width: number;
  /** Blocks of the sharpening network; each sees one latent further to both sides. */
  readonly blocks: number;
  /** Griffin-Lim iterations of the decoder. */
  readonly phaseIterations: number;
}

/** The configuration that ships. */
export const SMALL_CODEC: SmallCodecConfig = {
  sampleRate: 24000,
  frameHop: 128,
  framesPerLatent: 8,
  latentChannels: 96,
  width: 256,
  blocks: 2,
  phaseIterations: 16,
};

/** Values that one latent stands for: frames × bins. */
export const codecFeatures = (config: SmallCodecConfig): number => config.framesPerLatent * binsOf(config.frameHop);

/** audio [batch, samples] → magnitudes [batch, samples / frameHop, bins]; a full-scale sine has ½. */
export function magnitudes(audio: GraphValue, constants: FourierConstants): GraphValue {
  const { real, imaginary } = analyse(audio, constants);
  return ops.sqrt(ops.add(ops.add(ops.square(real), ops.square(imaginary)), 1e-14));
}

/** audio [batch, samples] → square roots of magnitudes, stretch by stretch: [batch, time, features]. */
export function codecStretches(audio: GraphValue, config: SmallCodecConfig): GraphValue {
  const [batch, samples] = audio.shape as readonly [number, number];
  const time = samples / (config.frameHop * config.framesPerLatent);
  return ops.reshape(ops.sqrt(magnitudes(audio, fourierConstants(config.frameHop))), [batch, time, codecFeatures(config)]);
}

const components = (config: SmallCodecConfig) => ({
  basis: parameter("codec.basis", [config.latentChannels, codecFeatures(config)]),
  mean: parameter("codec.mean", [codecFeatures(config)]),
  scale: parameter("codec.scale", [config.latentChannels]),
});

/** Stretches [batch, time, features] → latents [batch, time, channels]. */
export function projectStretches(stretches: GraphValue, config: SmallCodecConfig): GraphValue {
  const { basis, mean, scale } = components(config);
  return ops.divide(ops.matmul(ops.subtract(stretches, mean), ops.transpose(basis, [1, 0])), scale);
}

/** Order of magnitude of what is added, so that the network itself works with numbers of the order of one. */
const SHARPENING = 0.01;

/**
 * Latents [batch, time, channels] → stretches [batch, time, features]: the linear code plus what the network adds. May be
 * negative where there is next to nothing; clipped only when it is decoded, because a clip inside a loss can go deaf.
 */
export function rebuildStretches(latents: GraphValue, config: SmallCodecConfig): GraphValue {
  const { basis, mean, scale } = components(config);
  const linearPart = ops.add(ops.matmul(ops.multiply(latents, scale), basis), mean);
  let x = linear(latents, "codec.sharpen.in", config.width, true);
  for (let i = 0; i < config.blocks; i++) x = block(x, `codec.sharpen.blocks.${i}`, config.width);
  const normed = layerNorm(x, "codec.sharpen.norm.weight", "codec.sharpen.norm.bias");
  return ops.add(linearPart, ops.multiply(linear(normed, "codec.sharpen.to_out", codecFeatures(config)), SHARPENING));
}

/** Each latent sees its neighbours: a convolution of width 3 written as one product, then a gated feed-forward, residual. */
function block(x: GraphValue, name: string, width: number): GraphValue {
  const time = x.shape[1] as number;
  const normed = layerNorm(x, `${name}.norm.weight`, `${name}.norm.bias`);
  const before = ops.slice(ops.pad(normed, 1, 1, 0), 1, 0, time);
  const after = ops.slice(ops.pad(normed, 1, 0, 1), 1, 1, time + 1);
  const mixed = ops.add(x, linear(ops.concat([before, normed, after], 2), `${name}.mix`, width, true));
  const again = layerNorm(mixed, `${name}.norm2.weight`, `${name}.norm2.bias`);
  return ops.add(mixed, gatedFeedForward(again, [`${name}.fc1`, `${name}.fc2`], width));
}

/** Graph: `audio` [batch, 1, frames·hop] → `latents` [batch, channels, frames]. */
export function smallCodecEncodeGraph(config: SmallCodecConfig, frames: number, batch = 1): Graph {
  const samples = frames * config.framesPerLatent * config.frameHop;
  const audio = input("audio", [batch, 1, samples]);
  const latents = projectStretches(codecStretches(ops.reshape(audio, [batch, samples]), config), config);
  return graph("codec.encode", [audio], { latents: ops.transpose(latents, [0, 2, 1]) });
}

/** Square root of the loudest magnitude that is decoded: 12 dB over a full-scale sine. */
const LOUDEST = Math.sqrt(2);

/** Graph: `latents` [batch, channels, frames] → `audio` [batch, 1, frames·hop]. */
export function smallCodecDecodeGraph(config: SmallCodecConfig, frames: number, batch = 1): Graph {
  const latents = input("latents", [batch, config.latentChannels, frames]);
  const stretches = rebuildStretches(ops.transpose(latents, [0, 2, 1]), config);
  const roots = ops.reshape(stretches, [batch, frames * config.framesPerLatent, binsOf(config.frameHop)]);
  const magnitude = ops.square(ops.minimum(ops.relu(roots), LOUDEST));
  const logMagnitude = ops.log(ops.add(magnitude, 1e-5));
  const audio = withPhase(magnitude, logMagnitude, fourierConstants(config.frameHop), config.phaseIterations);
  return graph("codec.decode", [latents], { audio: ops.reshape(audio, [batch, 1, audio.shape[1] as number]) });
}

/** The small codec as a part. */
export function smallCodec(weights: ParameterSource, config: SmallCodecConfig = SMALL_CODEC): AudioCodec {
  const hop = config.frameHop * config.framesPerLatent;
  return {
    specificationVersion: "v1",
    kind: "audio-codec",
    id: "foley-control/small-codec@1",
    sampleRate: config.sampleRate,
    channels: 1,
    hop,
    latentRate: config.sampleRate / hop,
    latentChannels: config.latentChannels,
    // The phase iterations see the whole clip.
    decodeContext: undefined,
    weights,
    encodeGraph: ({ frames, batch }) => smallCodecEncodeGraph(config, frames, batch),
    decodeGraph: ({ frames, batch }) => smallCodecDecodeGraph(config, frames, batch),
  };
}
