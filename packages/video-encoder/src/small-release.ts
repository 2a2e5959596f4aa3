/** The small encoder as a file: which folders have one, and what the file says of it. */
import type { ParameterSource, VideoEncoder } from "@foley-control/core";
import { metadataJson, type Release } from "@foley-control/weights";
import { type MotionEncoderConfig, motionEncoder } from "./motion/encoder.js";
import { smallVideoEncoder } from "./small.js";
import type { VisionTransformerConfig } from "./vision-transformer.js";

/** Name of its file, in the folder of a small model. */
export const SMALL_VIDEO_ENCODER_FILE = "video-encoder.safetensors";

/** `format` in the metadata of the file; another version is refused. */
export const SMALL_VIDEO_ENCODER_FORMAT = "foley-control/motion-encoder@1";
/** That of the embedded model before. */
const EARLIER_FORMAT = "foley-control/small-video-encoder@1";

/** The encoder of a small model, in its folder. */
export const SMALL_VIDEO_ENCODER_RELEASE: Release = {
  looks: `the folder of a small model, with ${SMALL_VIDEO_ENCODER_FILE}`,
  recognises: ({ files }) => files.includes(SMALL_VIDEO_ENCODER_FILE),
  layouts: () => [{ needs: [SMALL_VIDEO_ENCODER_FILE] }],
  published: [],
};

/**
 * The small encoder of an opened file.
 *
 * @param metadata - the strings of the file: `format` and `config`
 * @throws FoleyError `bad-weights` for a file of another kind or version
 */
export function smallVideoEncoderFromSource(source: ParameterSource, metadata: Readonly<Record<string, string>>): VideoEncoder {
  const file = SMALL_VIDEO_ENCODER_FILE;
  if (metadata["format"] === EARLIER_FORMAT)
    return smallVideoEncoder(source, metadataJson<VisionTransformerConfig>(metadata, "config", { file }));
  return motionEncoder(
    source,
    metadataJson<MotionEncoderConfig>(metadata, "config", { file, format: SMALL_VIDEO_ENCODER_FORMAT }),
  );
}
