/**
 * The autoencoder of a TangoFlux release: Stable Audio Open's under the names of diffusers (`AutoencoderOobleck`), in a file that says nothing of its
 * sizes. They are read off the tensors.
 */
import { type AudioCodec, FoleyError, type Graph, type ParameterSource } from "@foley-control/core";
import { countNumbered, type NamedWeights, shapeOf } from "@foley-control/weights";
import { type OobleckConfig, oobleckCodec } from "../stable-audio/oobleck.js";
import { renamedByDiffusers } from "../stable-audio/release-diffusers.js";

const WEIGHTS: NamedWeights = { title: "Oobleck, as diffusers names it", file: "vae.safetensors of declare-lab/TangoFlux" };

/** Hz. No file of the release says it. */
const SAMPLE_RATE = 44_100;

/**
 * The codec of `vae.safetensors`.
 *
 * @throws FoleyError `bad-weights` when these are other weights; `encodeGraph` and `posteriorGraph` where the file's encoder gives other latents than
 * its decoder reads
 */
export function tangofluxCodec(weights: ParameterSource, sampleRate: number = SAMPLE_RATE): AudioCodec {
  const shape = (name: string) => shapeOf(weights, `${name}.weight_v`, 3, WEIGHTS) as readonly [number, number, number];
  const count = countNumbered(weights, "decoder.block.");
  const blocks = Array.from({ length: count }, (_, i) => shape(`decoder.block.${count - 1 - i}.conv_t1`));
  const odd = blocks.find(([, , taps]) => taps % 2 !== 0);
  if (odd || count === 0)
    throw new FoleyError(
      "bad-weights",
      `These are no weights of ${WEIGHTS.title}: ${odd ? `a block of its decoder has ${odd[2]} taps, which must be even` : "its decoder has no blocks"}.`,
      { hint: `Give ${WEIGHTS.file} as it was downloaded.` },
    );
  const [audioChannels, decoderChannels] = shape("decoder.conv2");
  const latentChannels = shape("decoder.conv1")[1];
  const config: OobleckConfig = {
    sampleRate,
    audioChannels,
    latentChannels,
    decoderChannels,
    encoderChannels: shape("encoder.conv1")[0],
    multiples: blocks.map(([from]) => from / decoderChannels),
    strides: blocks.map(([, , taps]) => taps / 2),
    prefix: "pretransform.model.",
  };
  const encoded = shape("encoder.conv2")[0];
  const codec = oobleckCodec(config, weights);
  const renamed = (graph: Graph) => renamedByDiffusers(graph);
  const encoding = (make: () => Graph): Graph => {
    if (encoded === 2 * latentChannels) return renamed(make());
    throw new FoleyError(
      "bad-weights",
      `The encoder of this autoencoder gives ${encoded} channels; its decoder reads latents of ${latentChannels}, of which ${2 * latentChannels} are made.`,
      { hint: "It turns latents into sound only. Take the vae.safetensors of declare-lab/TangoFlux." },
    );
  };
  const { posteriorGraph } = codec;
  return {
    ...codec,
    id: `tangoflux/oobleck-${latentChannels}x${codec.hop}`,
    ...(posteriorGraph && { posteriorGraph: (options) => encoding(() => posteriorGraph(options)) }),
    encodeGraph: (options) => encoding(() => codec.encodeGraph(options)),
    decodeGraph: (options) => renamed(codec.decodeGraph(options)),
  };
}
