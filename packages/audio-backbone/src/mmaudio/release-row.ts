/** MMAudio as it is released; names and licences are those of its repository. */
import type { NamedModel, NamedPart, Release } from "@foley-control/weights";
import { CLIP_FILES, MMAUDIO_CLIP } from "../text/clip-release.js";

/** The five networks, by file, the smallest first; sizes as published, MiB. */
const NETWORKS = [
  { file: "mmaudio_small_16k", title: "MMAudio small, 16 kHz", rate: 16_000, mebibytes: 601 },
  { file: "mmaudio_small_44k", title: "MMAudio small, 44.1 kHz", rate: 44_100, mebibytes: 601 },
  { file: "mmaudio_medium_44k", title: "MMAudio medium, 44.1 kHz", rate: 44_100, mebibytes: 2400 },
  { file: "mmaudio_large_44k", title: "MMAudio large, 44.1 kHz", rate: 44_100, mebibytes: 3930 },
  { file: "mmaudio_large_44k_v2", title: "MMAudio large v2, 44.1 kHz", rate: 44_100, mebibytes: 3932 },
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

/** MiB of what a rate needs besides its network: autoencoder, vocoder, Synchformer and CLIP. */
const OTHERS_MEBIBYTES = { 16000: 655 + 429 + 907 + 3767, 44100: 1200 + 467 + 907 + 3767 } as const;

const REPOSITORY = "hkchengrex/MMAudio";
const LICENCE = "CC BY-NC 4.0 (network), MIT (code, vocoder, Synchformer)";
const PAGE = `https://huggingface.co/${REPOSITORY}`;

/** Files of the repository that a network needs, itself first. */
const filesOf = ({ file, rate }: (typeof NETWORKS)[number]): readonly string[] => [
  `weights/${file}.pth`,
  `ext_weights/${MMAUDIO_FILES[rate].autoencoder}`,
  // The vocoder of 44.1 kHz is NVIDIA's, and lies with NVIDIA.
  ...(rate === 16_000 ? [`ext_weights/${MMAUDIO_FILES[rate].vocoder}`] : []),
  `ext_weights/${SYNCHFORMER_FILE}`,
];

const BIGVGAN_V2: NamedPart = {
  repository: "nvidia/bigvgan_v2_44khz_128band_512x",
  layouts: [{ needs: [MMAUDIO_FILES[44_100].vocoder, "config.json"] }],
};
const CLIP: NamedPart = {
  repository: MMAUDIO_CLIP,
  layouts: CLIP_FILES.weights.map((weights) => ({ needs: [weights, CLIP_FILES.config, CLIP_FILES.tokeniser] })),
};

const named = (network: (typeof NETWORKS)[number]): NamedModel => ({
  name: network.file.replaceAll("_", "-"),
  title: network.title,
  parts: [
    { repository: REPOSITORY, layouts: [{ needs: filesOf(network) }] },
    ...(network.rate === 44_100 ? [BIGVGAN_V2] : []),
    CLIP,
  ],
  bytes: (network.mebibytes + OTHERS_MEBIBYTES[network.rate]) * 2 ** 20,
  licence: "CC BY-NC 4.0",
  nonCommercial: true,
  page: PAGE,
});

/** A folder of the repository, `weights/` and `ext_weights/`, or the same files side by side. */
export const MMAUDIO_RELEASE: Release = {
  looks: "the folder of an MMAudio, with mmaudio_small_16k.pth or another of its networks",
  recognises: ({ file, files }) =>
    file === undefined ? files.some((path) => isMmaudioNetwork(path) && isNear(path)) : isMmaudioNetwork(file),
  layouts: () => NETWORKS.map((network) => ({ needs: filesOf(network) })),
  published: [
    {
      id: REPOSITORY,
      title: "MMAudio",
      parts: { "joint_blocks.": "joint blocks", "fused_blocks.": "fused blocks" },
      licence: LICENCE,
      gated: false,
      page: PAGE,
    },
  ],
  named: NETWORKS.map(named),
};
