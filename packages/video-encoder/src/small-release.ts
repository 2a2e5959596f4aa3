/** The small encoder as a file: which folders have one, and what the file says of it. */
import type { ParameterSource, VideoEncoder } from "@foley-control/core";
import { metadataJson, type Release } from "@foley-control/weights";
import { type MotionEncoderConfig, motionEncoder } from "./motion/encoder.js";

/** Name of its file, in the folder of a small model. */
export const SMALL_VIDEO_ENCODER_FILE = "video-encoder.safetensors";

/** `format` in the metadata of the file; another version is refused. */
export const SMALL_VIDEO_ENCODER_FORMAT = "foley-control/motion-encoder@1";

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
  const asked = { file: SMALL_VIDEO_ENCODER_FILE, format: SMALL_VIDEO_ENCODER_FORMAT };
  return motionEncoder(source, metadataJson<MotionEncoderConfig>(metadata, "config", asked));
}
