/** MMAudio's latents ↔ sound: latents as they are sampled, the mel autoencoder, and BigVGAN behind it. */
import { type AudioCodec, mergeParameters, type ParameterSource } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { type BigVganConfig, bigVgan, bigVganBytes, bigVganContext, bigVganHop } from "./big-vgan.js";
import { FRAMES_PER_LATENT } from "./lengths.js";
import { MEL_MODES, melOf } from "./mel.js";
import { type MelAutoencoderConfig, melDecoder, melEncoder } from "./mel-autoencoder.js";
import { normalised, unnormalised } from "./normalisation.js";

/** What it is made of. */
export interface MmaudioCodecParts {
  /** Hz. */
  readonly sampleRate: keyof typeof MEL_MODES;
  /** The flow network's file, which says how latents were normalised. */
  readonly network: ParameterSource;
  /** The mel autoencoder. */
  readonly autoencoder: { readonly config: MelAutoencoderConfig; readonly weights: ParameterSource };
  /** The vocoder. */
  readonly vocoder: { readonly config: BigVganConfig; readonly weights: ParameterSource };
}

/** Largest array that is asked of a device: what WebGPU grants every page for one binding. */
const LARGEST_BUFFER = 128 * 2 ** 20;

/**
 * The codec. The autoencoder attends to the whole length; what is long is the sound, and BigVGAN makes that in pieces. Between the two stands the mel,
 * its frames folded into the channels, so that there is a column for each latent.
 */
export function mmaudioCodec({ sampleRate, network, autoencoder, vocoder }: MmaudioCodecParts): AudioCodec {
  const { latentChannels, bands } = autoencoder.config;
  const folded = bands * FRAMES_PER_LATENT;
  const decodeContext = Math.ceil(bigVganContext(vocoder.config) / FRAMES_PER_LATENT);
  const bytes = FRAMES_PER_LATENT * bigVganBytes(vocoder.config);
  const hop = FRAMES_PER_LATENT * bigVganHop(vocoder.config);
  const encoded = (frames: number, batch: number) => {
    const audio = input("audio", [batch, 1, frames * hop]);
    return { audio, ...melEncoder(melOf(audio, MEL_MODES[sampleRate]), autoencoder.config) };
  };
  return {
    specificationVersion: "v1",
    kind: "audio-codec",
    id: `mmaudio/${sampleRate}-${latentChannels}x${autoencoder.config.width}`,
    sampleRate,
    channels: 1,
    hop,
    latentRate: sampleRate / hop,
    latentChannels,
    decodeContext,
    decodeChunk: Math.max(2 * decodeContext + 1, Math.floor(LARGEST_BUFFER / bytes)),
    weights: mergeParameters(only(network, ["latent_mean", "latent_std"]), autoencoder.weights, vocoder.weights),
    encodeGraph({ frames, batch = 1 }) {
      const { audio, mean } = encoded(frames, batch);
      return graph("encode", [audio], { latents: normalised(mean) });
    },
    decodeGraph({ frames, batch = 1 }) {
      const latents = input("latents", [batch, latentChannels, frames]);
      const mel = melDecoder(unnormalised(latents), autoencoder.config);
      return graph("decode", [latents], { audio: bigVgan(mel, vocoder.config) });
    },
    decodeStages: {
      whole({ frames, batch = 1 }) {
        const latents = input("latents", [batch, latentChannels, frames]);
        const mel = melDecoder(unnormalised(latents), autoencoder.config);
        const pairs = ops.reshape(mel, [batch, bands, frames, FRAMES_PER_LATENT]);
        const features = ops.reshape(ops.transpose(pairs, [0, 1, 3, 2]), [batch, folded, frames]);
        return graph("decode mel", [latents], { features });
      },
      piece({ frames, batch = 1 }) {
        const features = input("features", [batch, folded, frames]);
        const pairs = ops.reshape(features, [batch, bands, FRAMES_PER_LATENT, frames]);
        const mel = ops.reshape(ops.transpose(pairs, [0, 1, 3, 2]), [batch, bands, frames * FRAMES_PER_LATENT]);
        return graph("decode sound", [features], { audio: bigVgan(mel, vocoder.config) });
      },
    },
  };
}

/** Some of the parameters of a source. */
const only = (source: ParameterSource, names: readonly string[]): ParameterSource => ({
  names: () => names,
  get: (name) => (names.includes(name) ? source.get(name) : undefined),
});
