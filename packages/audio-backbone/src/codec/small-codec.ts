/**
 * The small codec: a variational auto-encoder of log spectra (matrix products only), whose decoder's magnitudes get their
 * phase in the same graph (`phase.ts`). 24 kHz mono; one latent per four spectrum frames (23.4 Hz).
 */
import type { AudioCodec, Graph, GraphValue, ParameterSource } from "@foley-control/core";
import { float, gatedFeedForward, graph, input, layerNorm, linear, ops, parameter } from "@foley-control/graph";
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
  /** Mel-spaced bands that the encoder sees. */
  readonly bands: number;
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Width of the residual stream of encoder and decoder. */
  readonly width: number;
  /** Blocks of the encoder. */
  readonly encoderBlocks: number;
  /** Blocks of the decoder. */
  readonly decoderBlocks: number;
  /** Griffin-Lim iterations of the decoder. */
  readonly phaseIterations: number;
}

/** The configuration that ships. */
export const SMALL_CODEC: SmallCodecConfig = {
  sampleRate: 24000,
  frameHop: 256,
  framesPerLatent: 4,
  bands: 160,
  latentChannels: 64,
  width: 320,
  encoderBlocks: 1,
  decoderBlocks: 3,
  phaseIterations: 16,
};

/** Floor added to magnitudes before the logarithm: −100 dB of full scale. */
export const MAGNITUDE_FLOOR = 1e-5;
/** Log magnitudes are shifted and scaled to about unit size: (ln m + 8) / 3. */
export const LOG_SHIFT = 8;
/** See {@link LOG_SHIFT}. */
export const LOG_SCALE = 3;

/** Magnitudes → normalised log magnitudes. */
export const compress = (magnitude: GraphValue): GraphValue =>
  ops.multiply(ops.add(ops.log(ops.add(magnitude, MAGNITUDE_FLOOR)), LOG_SHIFT), 1 / LOG_SCALE);

/** audio [batch, samples] → magnitudes [batch, samples / frameHop, bins]. */
export function magnitudes(audio: GraphValue, constants: FourierConstants): GraphValue {
  const { real, imaginary } = analyse(audio, constants);
  return ops.sqrt(ops.add(ops.add(ops.square(real), ops.square(imaginary)), 1e-14));
}

/** Magnitudes → mean and log-deviation of the latents before normalisation, each [batch, time, latentChannels]. */
export function encodeMagnitudes(
  magnitude: GraphValue,
  config: SmallCodecConfig,
): { readonly mean: GraphValue; readonly logDeviation: GraphValue } {
  const [batch, frames] = magnitude.shape as readonly [number, number, number];
  const bands = compress(ops.matmul(magnitude, bandMatrix(config)));
  let x = linear(
    ops.reshape(bands, [batch, frames / config.framesPerLatent, config.framesPerLatent * config.bands]),
    "codec.encoder.in",
    config.width,
    true,
  );
  for (let i = 0; i < config.encoderBlocks; i++) x = block(x, `codec.encoder.blocks.${i}`, config.width);
  const [mean, logDeviation] = ops.split(
    linear(
      layerNorm(x, "codec.encoder.norm.weight", "codec.encoder.norm.bias"),
      "codec.encoder.out",
      2 * config.latentChannels,
      true,
    ),
    [config.latentChannels, config.latentChannels],
    -1,
  ) as [GraphValue, GraphValue];
  return { mean, logDeviation };
}

/** Raw latents [batch, time, latentChannels] → normalised log magnitudes [batch, time·framesPerLatent, bins]. */
export function decodeMagnitudes(latents: GraphValue, config: SmallCodecConfig): GraphValue {
  const [batch, time] = latents.shape as readonly [number, number, number];
  const bins = binsOf(config.frameHop);
  let x = linear(latents, "codec.decoder.in", config.width, true);
  for (let i = 0; i < config.decoderBlocks; i++) x = block(x, `codec.decoder.blocks.${i}`, config.width);
  const out = linear(
    layerNorm(x, "codec.decoder.norm.weight", "codec.decoder.norm.bias"),
    "codec.decoder.out",
    config.framesPerLatent * bins,
    true,
  );
  return ops.reshape(out, [batch, time * config.framesPerLatent, bins]);
}

/** Each latent sees its neighbours: a convolution of width 3 written as one product, then a gated feed-forward, residual. */
function block(x: GraphValue, name: string, width: number): GraphValue {
  const time = x.shape[1] as number;
  const normed = layerNorm(x, `${name}.norm.weight`, `${name}.norm.bias`);
  const before = ops.slice(ops.pad(normed, 1, 1, 0), 1, 0, time);
  const after = ops.slice(ops.pad(normed, 1, 0, 1), 1, 1, time + 1);
  const mixed = ops.add(x, linear(ops.concat([before, normed, after], 2), `${name}.mix`, width, true));
  return ops.add(
    mixed,
    gatedFeedForward(layerNorm(mixed, `${name}.norm2.weight`, `${name}.norm2.bias`), [`${name}.fc1`, `${name}.fc2`], width),
  );
}

/** Triangular bands, equally spaced on the mel scale (Slaney's linear-then-logarithmic map), each of unit area: [bins, bands]. */
function bandMatrix(config: SmallCodecConfig): GraphValue {
  const bins = binsOf(config.frameHop);
  const toMel = (hz: number) => (hz < 1000 ? (3 * hz) / 200 : 15 + Math.log(hz / 1000) / (Math.log(6.4) / 27));
  const toHz = (mel: number) => (mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp((mel - 15) * (Math.log(6.4) / 27)));
  const top = toMel(config.sampleRate / 2);
  const edge = Array.from({ length: config.bands + 2 }, (_, i) => toHz((top * i) / (config.bands + 1)));
  const data = new Float32Array(bins * config.bands);
  for (let band = 0; band < config.bands; band++) {
    const [low, middle, high] = edge.slice(band, band + 3) as [number, number, number];
    let total = 0;
    for (let bin = 0; bin < bins; bin++) {
      const hz = (bin * config.sampleRate) / 2 / (bins - 1);
      const weight = Math.max(0, Math.min((hz - low) / (middle - low), (high - hz) / (high - middle)));
      data[bin * config.bands + band] = weight;
      total += weight;
    }
    // A band narrower than a bin reads the nearest one.
    if (total === 0) data[Math.round((middle / (config.sampleRate / 2)) * (bins - 1)) * config.bands + band] = total = 1;
    for (let bin = 0; bin < bins; bin++) data[bin * config.bands + band] = (data[bin * config.bands + band] as number) / total;
  }
  return float(data, [bins, config.bands]);
}

const statistics = (config: SmallCodecConfig) => ({
  mean: parameter("codec.latents.mean", [config.latentChannels]),
  deviation: parameter("codec.latents.deviation", [config.latentChannels]),
});

/** Graph: `audio` [batch, 1, frames·hop] → `latents` [batch, channels, frames], zero mean and unit deviation over the corpus. */
export function smallCodecEncodeGraph(config: SmallCodecConfig, frames: number, batch = 1): Graph {
  const samples = frames * config.framesPerLatent * config.frameHop;
  const audio = input("audio", [batch, 1, samples]);
  const { mean } = encodeMagnitudes(magnitudes(ops.reshape(audio, [batch, samples]), fourierConstants(config.frameHop)), config);
  const s = statistics(config);
  return graph("codec.encode", [audio], {
    latents: ops.transpose(ops.divide(ops.subtract(mean, s.mean), s.deviation), [0, 2, 1]),
  });
}

/** Graph: `latents` [batch, channels, frames] → `audio` [batch, 1, frames·hop]. */
export function smallCodecDecodeGraph(config: SmallCodecConfig, frames: number, batch = 1): Graph {
  const latents = input("latents", [batch, config.latentChannels, frames]);
  const s = statistics(config);
  const raw = ops.add(ops.multiply(ops.transpose(latents, [0, 2, 1]), s.deviation), s.mean);
  // Limited above so that an odd latent cannot become a deafening sample: 2 is 12 dB over a full-scale sine.
  const logMagnitude = ops.minimum(ops.subtract(ops.multiply(decodeMagnitudes(raw, config), LOG_SCALE), LOG_SHIFT), Math.log(2));
  const magnitude = ops.maximum(ops.subtract(ops.exp(logMagnitude), MAGNITUDE_FLOOR), 0);
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
