/** MMAudio as it is released; names and licences are those of its repository. */
import type { Release } from "@foley-control/weights";

/** The five networks, by file, the smallest first. */
export const MMAUDIO_NETWORKS = [
  "mmaudio_small_16k",
  "mmaudio_small_44k",
  "mmaudio_medium_44k",
  "mmaudio_large_44k",
  "mmaudio_large_44k_v2",
] as const;

/** Whether a path names one of them. */
export const isMmaudioNetwork = (path: string): boolean =>
  /(?:^|\/)mmaudio_[a-z]+_(?:16|44)k(?:_v2)?\.(?:pth|safetensors)$/.test(path);

/** Whether it lies where a release has it, and not somewhere below. */
const isNear = (path: string): boolean => /^(?:weights\/)?[^/]+$/.test(path);

/** Files that a rate needs besides its network, with where they are from. */
export const MMAUDIO_FILES = {
  16000: { autoencoder: "v1-16.pth", vocoder: "best_netG.pt" },
  44100: { autoencoder: "v1-44.pth", vocoder: "bigvgan_generator.pt" },
} as const;

/** What sees when. */
export const SYNCHFORMER_FILE = "synchformer_state_dict.pth";

/** A folder of the repository, `weights/` and `ext_weights/`, or the same files side by side. */
export const MMAUDIO_RELEASE: Release = {
  looks: "the folder of an MMAudio, with mmaudio_small_16k.pth or another of its networks",
  recognises: ({ file, files }) =>
    file === undefined ? files.some((path) => isMmaudioNetwork(path) && isNear(path)) : isMmaudioNetwork(file),
  layouts: () => [
    {
      needs: [
        `weights/${MMAUDIO_NETWORKS[0]}.pth`,
        `ext_weights/${MMAUDIO_FILES[16_000].autoencoder}`,
        `ext_weights/${MMAUDIO_FILES[16_000].vocoder}`,
        `ext_weights/${SYNCHFORMER_FILE}`,
      ],
    },
  ],
  needs: () => ["apple/DFN5B-CLIP-ViT-H-14-378"],
  published: [
    {
      id: "hkchengrex/MMAudio",
      title: "MMAudio small, 16 kHz",
      parts: { "joint_blocks.": "joint blocks", "fused_blocks.": "fused blocks" },
      licence: "CC BY-NC 4.0 (network), MIT (code, vocoder, Synchformer)",
      gated: false,
      page: "https://huggingface.co/hkchengrex/MMAudio",
    },
  ],
};
