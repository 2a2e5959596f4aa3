/** The small backbone as a file: which folders have one, and what the file says of it. */
import type { AudioBackbone, ParameterSource } from "@foley-control/core";
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

/**
 * The small backbone of an opened file.
 *
 * @param metadata - the strings of the file: `format` and `config`
 * @throws FoleyError `bad-weights` for a file of another kind or version
 */
export function smallBackboneFromSource(
  source: ParameterSource,
  metadata: Readonly<Record<string, string>>,
  options?: SmallBackboneOptions,
): AudioBackbone {
  const asked = { file: SMALL_BACKBONE_FILE, format: SMALL_BACKBONE_FORMAT };
  return smallBackbone(source, metadataJson<SmallBackboneConfig>(metadata, "config", asked), options);
}
