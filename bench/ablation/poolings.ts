/** The small video encoder with each of its two poolings. */
import type { VideoEncoder } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { gridPool, SMALL_VIDEO_ENCODER, tokenGrid, visionTransformer } from "@foley-control/video-encoder";

/**
 * `frame`: one token per time step, the mean over the picture. `grid`: every patch is a token. The small encoder has 2×2 patches per time
 * step, where V-JEPA 2 has 16×16 that the paper pools to 8×8.
 */
export const POOLINGS = ["frame", "grid"] as const;
/** One of {@link POOLINGS}. */
export type SmallPooling = (typeof POOLINGS)[number];

/** Patches per side of the small encoder's picture. */
export function gridSide({ imageSize: [height, width] }: VideoEncoder): number {
  return tokenGrid(SMALL_VIDEO_ENCODER, SMALL_VIDEO_ENCODER.tubeletSize, height, width).height;
}

/** The same network with the tokens of a pooling. */
export function pooledEncoder(encoder: VideoEncoder, pooling: SmallPooling): VideoEncoder {
  if (pooling === "frame") return encoder;
  const side = gridSide(encoder);
  const [height, width] = encoder.imageSize;
  return {
    ...encoder,
    id: `${encoder.id}#grid${side}`,
    tokensPerStep: side * side,
    graph: ({ frames, batch = 1 }) => {
      const pixels = input("pixels", [batch, frames, 3, height, width]);
      const { tokens } = visionTransformer(pixels, SMALL_VIDEO_ENCODER);
      return graph("video-encoder", [pixels], {
        tokens: gridPool(tokens, tokenGrid(SMALL_VIDEO_ENCODER, frames, height, width), side),
      });
    },
  };
}
