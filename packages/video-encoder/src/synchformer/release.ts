/** Synchformer as MMAudio and av-benchmark take it: one file. */
import type { Release } from "@foley-control/weights";

/** The file with both halves; the one that hears is not read here. */
export const SYNCHFORMER_PICTURES_RELEASE: Release = {
  looks: "synchformer_state_dict.pth",
  recognises: ({ file }) => file !== undefined && /^synchformer.*\.(?:pth|pt|safetensors)$/i.test(file),
  layouts: () => [],
  published: [
    {
      id: "synchformer_state_dict.pth",
      title: "Synchformer",
      parts: { "vfeat_extractor.": "pictures", "afeat_extractor.": "sound (not used)" },
      licence: "MIT (repository)",
      gated: false,
      page: "https://github.com/v-iashin/Synchformer",
      url: "https://github.com/hkchengrex/MMAudio/releases/download/v0.1/synchformer_state_dict.pth",
    },
  ],
};
