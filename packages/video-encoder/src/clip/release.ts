/** CLIP as open_clip releases it; only its image tower is read here. */
import { OPEN_CLIP_FILES, type Release } from "@foley-control/weights";

/** A folder of the hub. It is listed among the text encoders, which read the other half of the same file. */
export const CLIP_PICTURES_RELEASE: Release = {
  looks: "the folder of a CLIP of open_clip, with open_clip_config.json",
  recognises: ({ files }) => files.includes(OPEN_CLIP_FILES.config),
  layouts: () => OPEN_CLIP_FILES.weights.map((weights) => ({ needs: [weights, OPEN_CLIP_FILES.config] })),
  published: [],
};
