/** The small video encoder: V-JEPA-2-shaped, trained by this project, so that everything works on a fresh machine. */
import type { ParameterSource, VideoEncoder } from "@foley-control/core";
import { type VisionTransformerConfig, visionTransformerGraph } from "./vision-transformer.js";

/** Network of the small encoder: 0.6 million parameters. */
export const SMALL_VIDEO_ENCODER: VisionTransformerConfig = {
  hiddenSize: 96,
  layers: 3,
  heads: 3,
  mlpSize: 384,
  patchSize: 32,
  tubeletSize: 2,
  rotary: "interleaved",
  stem: { width: 48, merge: 4, mixing: ["time", "space", "time", "space", "time"] },
};

/** Pixels per side that the small encoder sees. */
export const SMALL_IMAGE_SIZE = 64;

/** The small encoder: 16 fps, segments of 64 frames, 64×64 pixels, 8 tokens a second of width 96. */
export function smallVideoEncoder(weights: ParameterSource, config: VisionTransformerConfig = SMALL_VIDEO_ENCODER): VideoEncoder {
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: "foley-control/small-video-encoder@1",
    frameRate: 16,
    window: 64,
    imageSize: [SMALL_IMAGE_SIZE, SMALL_IMAGE_SIZE],
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    tokenRate: 16 / config.tubeletSize,
    tokenWidth: config.hiddenSize,
    weights,
    graph: ({ frames, batch = 1 }) =>
      visionTransformerGraph(config, { frames, height: SMALL_IMAGE_SIZE, width: SMALL_IMAGE_SIZE, batch }),
  };
}
