/** The small encoder as a file: which folders have one, and what the file says of it. */
import { type JsonCheck, json, type ParameterSource, type VideoEncoder } from "@foley-control/core";
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

const size = json.whole(1, 1024);
const mixing = json.list(json.pair(json.oneOf("time", "space"), size), 256);

/** What the configuration of a small encoder must be, wherever a file has it. */
export const smallVideoEncoderCheck: JsonCheck = json.object({
  imageSize: size,
  surroundings: json.number(0.1, 64),
  patchSize: size,
  widths: json.pair(size, size),
  mixing: json.pair(mixing, mixing),
  pooledWidth: size,
  tubeletSize: size,
  frameRate: json.number(1e-3, 1000),
  window: json.whole(1, 2 ** 14),
  context: json.whole(0, 2 ** 14),
  mirroredNegative: json.optional(json.truth),
  contacts: json.object({ threshold: json.number(0, 1), spacing: json.number(0, 100), lag: json.number(-10, 10) }),
});

/**
 * The small encoder of an opened file.
 *
 * @param metadata - the strings of the file: `format` and `config`
 * @throws FoleyError `bad-weights` for a file of another kind or version, and for a configuration that none can have
 */
export function smallVideoEncoderFromSource(source: ParameterSource, metadata: Readonly<Record<string, string>>): VideoEncoder {
  const asked = { file: SMALL_VIDEO_ENCODER_FILE, format: SMALL_VIDEO_ENCODER_FORMAT, check: smallVideoEncoderCheck };
  return motionEncoder(source, metadataJson<MotionEncoderConfig>(metadata, "config", asked));
}
