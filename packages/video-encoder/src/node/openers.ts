/** Video encoders from paths, by how they were released. */
import { join } from "node:path";
import { FoleyError, type VideoEncoder } from "@foley-control/core";
import { openCheckpoint, openSafetensors } from "@foley-control/weights/node";
import type { Pooling } from "../pooling.js";
import type { VIDEO_ENCODER_RELEASES } from "../releases.js";
import { SMALL_VIDEO_ENCODER_FILE, smallVideoEncoderFromSource } from "../small-release.js";
import { synchformerEncoder } from "../synchformer/encoder.js";
import { clip } from "./clip.js";
import { pictures } from "./pictures.js";
import { vjepa2 } from "./vjepa2.js";

/** What may be asked of any video encoder. */
export interface OpenVideoEncoderOptions {
  /** How tokens of a time step are pooled. Default: the encoder's own way. */
  readonly pooling?: Pooling | undefined;
  /** Pixels each way, for encoders that take several sizes. Default: as released. */
  readonly imageSize?: number | undefined;
}

/** For each row of `VIDEO_ENCODER_RELEASES`, what opens a path that it recognises. */
export const VIDEO_ENCODER_OPENERS: Readonly<
  Record<keyof typeof VIDEO_ENCODER_RELEASES, (path: string, options: OpenVideoEncoderOptions) => Promise<VideoEncoder>>
> = {
  synchformer: async (path) => synchformerEncoder(await openCheckpoint(path)),
  clip: (path, { imageSize }) => clip(path, { imageSize }),
  pictures: (path, { pooling = "frame", imageSize }) => {
    if (pooling !== "frame")
      throw new FoleyError("invalid-argument", `options.pooling is "${pooling}"; this encoder has one token for each picture.`);
    return pictures(path, { imageSize });
  },
  vjepa2: (path, { pooling, imageSize }) => vjepa2(path, { pooling, imageSize }),
  small: async (path, { pooling = "frame" }) => {
    if (pooling !== "frame")
      throw new FoleyError("invalid-argument", `options.pooling is "${pooling}"; the small encoder has one token per time step.`);
    const file = await openSafetensors(join(path, SMALL_VIDEO_ENCODER_FILE));
    return smallVideoEncoderFromSource(file, file.metadata);
  },
};
