/** CLIP as open_clip releases it: both towers in one file. */
import { OPEN_CLIP_FILES, type Release } from "@foley-control/weights";

/** Names of its files, the tokeniser's too. */
export const CLIP_FILES = { ...OPEN_CLIP_FILES, tokeniser: "tokenizer.json" } as const;

/** The CLIP that MMAudio was trained with, by the name under which its code asks for it; its page calls it …-378, which is the pixels that its patches cover. */
export const MMAUDIO_CLIP = "apple/DFN5B-CLIP-ViT-H-14-384";

/** What MMAudio reads with. */
export const CLIP_RELEASE: Release = {
  looks: "the folder of a CLIP of open_clip, with open_clip_config.json",
  recognises: ({ files }) => files.includes(CLIP_FILES.config),
  layouts: () => CLIP_FILES.weights.map((weights) => ({ needs: [weights, CLIP_FILES.config, CLIP_FILES.tokeniser] })),
  published: [
    {
      id: MMAUDIO_CLIP,
      title: "DFN5B CLIP ViT-H/14, 378 px",
      parts: { "visual.": "image tower", "transformer.": "text tower" },
      licence: "Apple Sample Code License",
      gated: false,
      page: `https://huggingface.co/${MMAUDIO_CLIP}`,
    },
  ],
};
