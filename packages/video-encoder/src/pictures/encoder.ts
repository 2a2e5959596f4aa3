/** CLIP, SigLIP and DINO as video encoders: a token for each picture, or one for each of its patches, at a rate of one's choice. */
import { FoleyError, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import type { PictureNetwork } from "./layouts.js";
import { frontRows, pictureTransformer } from "./picture-transformer.js";
import { PICTURE_COLOURS, picturePixels } from "./pixels.js";

/** Options of {@link pictureEncoder}. */
export interface PictureEncoderOptions {
  /** The network, see `readPictureNetwork`. */
  readonly network: PictureNetwork;
  /** Its tensors under the names of transformers. */
  readonly weights: ParameterSource;
  /** Pictures per second. Default 8. */
  readonly frameRate?: number | undefined;
  /** Pixels each way, or `[height, width]`; positions are made for it. Default: as released, a DINO at 224. */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** One token of the whole, or one of each patch. Default `"picture"`. */
  readonly tokens?: "picture" | "patches" | undefined;
}

/** Pictures of the first and last instant of which a token is: it stands in the middle of its tick. */
const FRAME_RATE = 8;
/** Pixels of a DINO's pictures; DINOv2's positions were learned for more. */
const DINO_SIZE = 224;

/**
 * The encoder.
 *
 * @throws FoleyError `invalid-argument` for a size below one patch
 */
export function pictureEncoder(options: PictureEncoderOptions): VideoEncoder {
  const { network, weights, frameRate = FRAME_RATE, tokens = "picture" } = options;
  const { family, layout, sizes } = network;
  const asked = options.imageSize ?? (family === "dinov2" || family === "dinov3" ? DINO_SIZE : sizes.side * sizes.patch);
  const imageSize = typeof asked === "number" ? ([asked, asked] as const) : asked;
  for (const pixels of imageSize)
    if (!Number.isSafeInteger(pixels) || pixels < sizes.patch)
      throw new FoleyError(
        "invalid-argument",
        `options.imageSize is ${imageSize.join("×")}; at least one patch of ${sizes.patch} pixels each way was expected.`,
      );
  const [height, across] = imageSize;
  const patches = Math.floor(height / sizes.patch) * Math.floor(across / sizes.patch);
  const front = frontRows(layout, sizes);
  const perPicture = tokens === "picture" ? 1 : patches;
  const width = tokens === "picture" ? (sizes.projected ?? sizes.width) : sizes.width;
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: `${family}/${sizes.depth}x${sizes.width}-${height === across ? height : imageSize.join("x")}${tokens === "patches" ? "-patches" : ""}${frameRate === FRAME_RATE ? "" : `@${frameRate}`}`,
    frameRate,
    window: 1,
    imageSize,
    normalisation: PICTURE_COLOURS[family],
    preprocess: (picture) => picturePixels(picture, family, imageSize),
    tokenRate: frameRate,
    tokensPerStep: perPicture,
    tokenWidth: width,
    weights,
    graph({ frames, batch = 1 }) {
      const pixels = input("pixels", [batch, frames, 3, height, across]);
      const flat = ops.reshape(pixels, [batch * frames, 3, height, across]);
      const { rows, pooled, projected } = pictureTransformer(flat, layout, sizes);
      const chosen = tokens === "picture" ? (projected ?? pooled) : ops.slice(rows, 1, front, front + patches);
      return graph(family, [pixels], { tokens: ops.reshape(chosen, [batch, frames * perPicture, width]) });
    },
  };
}
