/** The small backbone as a file: which folders have one, and what the file says of it. */
import { type AudioBackbone, type JsonCheck, json, type ParameterSource } from "@foley-control/core";
import { metadataJson, type Release } from "@foley-control/weights";
import { type SmallBackboneConfig, type SmallBackboneOptions, smallBackbone } from "./small.js";

/** Name of its file, in the folder of a small model. */
export const SMALL_BACKBONE_FILE = "backbone.safetensors";

/** `format` in the metadata of the file; another version is refused. */
export const SMALL_BACKBONE_FORMAT = "foley-control/small-backbone@1";

/** The backbone of a small model, in its folder. */
export const SMALL_BACKBONE_RELEASE: Release = {
  looks: `the folder of a small model, with ${SMALL_BACKBONE_FILE}`,
  recognises: ({ files }) => files.includes(SMALL_BACKBONE_FILE),
  layouts: () => [{ needs: [SMALL_BACKBONE_FILE] }],
  published: [],
};

const width = json.whole(1, 2 ** 13);
const count = json.whole(1, 256);

/** What the configuration of a small backbone must be, wherever a file has it. */
export const smallBackboneCheck: JsonCheck = json.object({
  codec: json.object({
    sampleRate: json.whole(1000, 384_000),
    frameHop: json.whole(1, 2 ** 14),
    framesPerLatent: json.whole(1, 1024),
    latentChannels: width,
    width,
    blocks: count,
    phaseIterations: json.whole(0, 1024),
  }),
  text: json.object({
    vocabulary: json.list(json.text(200), 2 ** 20),
    length: json.whole(1, 4096),
    width,
    layers: count,
    heads: count,
  }),
  denoiser: json.object({
    ioChannels: width,
    embedDim: width,
    depth: count,
    numHeads: count,
    condTokenDim: width,
    globalCondDim: width,
    projectCondTokens: json.truth,
    qkNorm: json.oneOf("none", "ln"),
    feedForwardMultiple: json.optional(json.number(1 / 16, 64)),
    timestepFeatures: json.optional(width),
    prefix: json.optional(json.text(200)),
  }),
  maxSeconds: json.number(1e-3, 1e5),
});

/** Length of the clips of a training, seconds. */
export const trainedSecondsCheck: JsonCheck = json.number(1e-3, 1e5);

/**
 * The small backbone of an opened file.
 *
 * @param metadata - the strings of the file: `format` and `config`
 * @throws FoleyError `bad-weights` for a file of another kind or version, and for a configuration that none can have
 */
export function smallBackboneFromSource(
  source: ParameterSource,
  metadata: Readonly<Record<string, string>>,
  options?: SmallBackboneOptions,
): AudioBackbone {
  const asked = { file: SMALL_BACKBONE_FILE, format: SMALL_BACKBONE_FORMAT, check: smallBackboneCheck };
  return smallBackbone(source, metadataJson<SmallBackboneConfig>(metadata, "config", asked), options);
}
