/** MMAudio's latents ↔ sound: latents as they are sampled, the mel autoencoder, and BigVGAN behind it. */
import { type AudioCodec, mergeParameters, type ParameterSource } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { type BigVganConfig, bigVgan, bigVganHop } from "./big-vgan.js";
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

/** The codec. The autoencoder attends to the whole length, so that it cannot run in pieces. */
export function mmaudioCodec({ sampleRate, network, autoencoder, vocoder }: MmaudioCodecParts): AudioCodec {
  const { latentChannels } = autoencoder.config;
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
    decodeContext: undefined,
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
  };
}

/** Some of the parameters of a source. */
const only = (source: ParameterSource, names: readonly string[]): ParameterSource => ({
  names: () => names,
  get: (name) => (names.includes(name) ? source.get(name) : undefined),
});
