/** CLIP as open_clip releases it; only its image tower is read here. */
import type { Release } from "@foley-control/weights";

/** A folder of the hub. It is listed among the text encoders, which read the other half of the same file. */
export const CLIP_PICTURES_RELEASE: Release = {
  looks: "the folder of a CLIP of open_clip, with open_clip_config.json",
  recognises: ({ files }) => files.includes("open_clip_config.json"),
  layouts: () =>
    ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"].map((weights) => ({
      needs: [weights, "open_clip_config.json"],
    })),
  published: [],
};
