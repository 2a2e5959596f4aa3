/** Synchformer's eyes as a video encoder (Iashin et al. 2024): eight rows for each 0.64 s, every 0.32 s, so that their times overlap. */
import type { ParameterSource, VideoEncoder } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { readSynchformerConfig } from "./config.js";
import { synchformerVideo } from "./network.js";
import { SYNCHFORMER_SEGMENT, squarePixels, synchformerSquare } from "./pictures.js";

/**
 * The encoder.
 *
 * @param weights - `synchformer_state_dict.pth`; the half that hears may be in it and is not read
 * @param options - `heads` of a block; default one for each 64 channels
 * @throws FoleyError `bad-weights` when these are other weights
 */
export function synchformerEncoder(
  weights: ParameterSource,
  { heads }: { readonly heads?: number | undefined } = {},
): VideoEncoder {
  const config = readSynchformerConfig(weights, heads);
  const { rate, length, step, size } = SYNCHFORMER_SEGMENT;
  const rows = length / config.kernel[0];
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: `synchformer/${config.depth}x${config.width}`,
    frameRate: rate,
    window: length,
    step,
    end: "drop",
    takes: "next",
    imageSize: [size, size],
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    preprocess: (picture) => squarePixels(synchformerSquare(picture)),
    tokenRate: (rows * rate) / length,
    tokenWidth: config.width,
    weights,
    graph({ frames, batch = 1 }) {
      const pixels = input("pixels", [batch, frames, 3, size, size]);
      return graph("synchformer", [pixels], { tokens: synchformerVideo(pixels, config) });
    },
  };
}
