/** CLIP as a video encoder: a row for each picture, each different picture encoded once. */
import type { ParameterSource, VideoEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { type ClipImageConfig, clipImageTower } from "./image-tower.js";
import { CLIP_NORMALISATION, pixelsBy } from "./pictures.js";

/** What it is made of, and how pictures come. */
export interface ClipEncoderOptions {
  /** Shape of the network, see `readClipImageConfig`. */
  readonly config: ClipImageConfig;
  /** Its tensors under the names of open_clip. */
  readonly weights: ParameterSource;
  /** Pixels each way; beyond the last whole patch they are not read. Default: those of the patches. */
  readonly imageSize?: number | undefined;
  /** Pictures per second. Default 8, as MMAudio takes them. */
  readonly frameRate?: number | undefined;
  /** Mean and deviation of the colours. Default: those of OpenAI's CLIP, which most have. */
  readonly normalisation?: VideoEncoder["normalisation"] | undefined;
}

/** The encoder. */
export function clipEncoder({
  config,
  weights,
  frameRate = 8,
  imageSize = config.side * config.patch,
  normalisation = CLIP_NORMALISATION,
}: ClipEncoderOptions): VideoEncoder {
  const pixelsOf = pixelsBy(normalisation);
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: `clip/${config.depth}x${config.width}-${imageSize}`,
    frameRate,
    window: 1,
    takes: "next",
    imageSize: [imageSize, imageSize],
    normalisation,
    preprocess: (picture) => pixelsOf(picture, imageSize),
    tokenRate: frameRate,
    tokenWidth: config.out,
    weights,
    graph({ frames, batch = 1 }) {
      const pixels = input("pixels", [batch, frames, 3, imageSize, imageSize]);
      const rows = clipImageTower(ops.reshape(pixels, [batch * frames, 3, imageSize, imageSize]), config);
      return graph("clip", [pixels], { tokens: ops.reshape(rows, [batch, frames, config.out]) });
    },
  };
}
