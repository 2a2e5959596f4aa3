/** MMAudio from its files, wherever they lie: in the folders of its repository, or side by side. Nothing is copied or converted. */
import { type AudioBackbone, FoleyError, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { checkParameters, folderOfFile, nameOfFile, type ReleaseFiles, readOpenClipConfig } from "@foley-control/weights";
import { parametersRead } from "../release-parts.js";
import { CLIP_FILES, MMAUDIO_CLIP } from "../text/clip-release.js";
import { readClipTextConfig } from "../text/clip-text.js";
import { clipTextEncoder } from "../text/clip-text-encoder.js";
import { mmaudio } from "./backbone.js";
import { BIGVGAN_16K, type BigVganConfig, checkBigVganConfig } from "./big-vgan.js";
import { DERIVED_TENSORS, type MmaudioConfig, readMmaudioConfig } from "./config.js";
import { isMmaudioNetwork, MMAUDIO_FILES, SYNCHFORMER_FILE } from "./release-row.js";

/** Options of {@link mmaudioFromFiles}. */
export interface MmaudioFilesOptions {
  /** Opens what sees, by its path among the files: the folder of a CLIP with so many pixels each way, or Synchformer's file. */
  readonly videoEncoder: (path: string, options: { readonly imageSize?: number | undefined }) => Promise<VideoEncoder>;
  /** Whether CLIP's pictures are read; see `MmaudioParts.clip`. Default true. */
  readonly seesClip?: boolean | undefined;
  /** Heads of the network, of another width than the released ones. */
  readonly heads?: number | undefined;
  /** Folder in which the network is looked for. Default: all files. */
  readonly root?: string | undefined;
  /** The network's file, where there are several. Default: the only one. */
  readonly network?: string | undefined;
  /** Folder of the CLIP. Default: wherever its configuration lies. */
  readonly clip?: string | undefined;
}

/** Pixels each way of the pictures that CLIP is shown; its patches leave the last six unread. */
const CLIP_PIXELS = 384;
/** How large what may be missing is, for people who have to fetch it. */
const SIZES: Readonly<Record<string, string>> = {
  "v1-16.pth": "655 MiB, https://github.com/hkchengrex/MMAudio/releases/tag/v0.1",
  "v1-44.pth": "1.2 GiB, https://github.com/hkchengrex/MMAudio/releases/tag/v0.1",
  "best_netG.pt": "429 MiB, https://github.com/hkchengrex/MMAudio/releases/tag/v0.1",
  "bigvgan_generator.pt": "467 MiB, https://huggingface.co/nvidia/bigvgan_v2_44khz_128band_512x, with its config.json",
  [SYNCHFORMER_FILE]: "907 MiB, https://github.com/hkchengrex/MMAudio/releases/tag/v0.1",
  [CLIP_FILES.config]: `the folder of a CLIP, 3.95 GB, https://huggingface.co/${MMAUDIO_CLIP}`,
};

/**
 * MMAudio as a backbone. For folders on disk there is `openMmaudio` in `/node`.
 *
 * @param files - one of its networks, and the other parts anywhere among them
 * @throws FoleyError `bad-file` naming the part that is missing, its size and where it is from; `bad-weights` for files that are not what they should
 * be
 */
export async function mmaudioFromFiles(files: ReleaseFiles, options: MmaudioFilesOptions): Promise<AudioBackbone> {
  const { network, finder } = look(files, options);
  const weights = await files.weights(network);
  const config = readMmaudioConfig(weights, options.heads);
  const sampleRate = rateOf(config, network);
  const names = MMAUDIO_FILES[sampleRate];
  const find = finder(`${nameOfFile(network)}, by its tensors ${config.version} of ${sampleRate / 1000} kHz,`);
  const [autoencoder, generator] = await Promise.all([
    files.weights(find(names.autoencoder)),
    openVocoder(files, find(names.vocoder)),
  ]);
  const clipFolder = options.clip ?? folderOfFile(find(CLIP_FILES.config));
  const sync = await options.videoEncoder(find(SYNCHFORMER_FILE), {});
  // Its words first: of files that are missing this knows how large they are.
  const text = await openClipText(files, clipFolder);
  const clip = options.seesClip === false ? undefined : await options.videoEncoder(clipFolder, { imageSize: CLIP_PIXELS });
  const mel = autoencoderConfig(autoencoder, config);
  const vocoder = await vocoderConfig(files, sampleRate, { path: find(names.vocoder), weights: generator });
  if (vocoder.num_mels !== mel.bands)
    throw new FoleyError(
      "bad-weights",
      `${find(names.vocoder)} is not the vocoder of this network: it reads ${vocoder.num_mels} bands, not ${mel.bands}.`,
      { hint: "Networks of 16 kHz take best_netG.pt, those of 44.1 kHz bigvgan_generator.pt with its config.json." },
    );
  const backbone = mmaudio({
    config,
    sampleRate,
    network: weights,
    text,
    sync,
    clip,
    autoencoder: { config: mel, weights: autoencoder },
    vocoder: { config: vocoder, weights: generator },
  });
  checkNetwork(network, weights, backbone);
  return backbone;
}

/** The network's file must hold what its graphs read, and nothing else but constants that they make themselves. */
function checkNetwork(label: string, weights: ParameterSource, { conditionGraph, denoiser }: AudioBackbone): void {
  const graphs = [conditionGraph({ frames: 1 }), denoiser.graph({ frames: 1 })];
  checkParameters(weights, parametersRead(...graphs), {
    label,
    ignore: [...DERIVED_TENSORS, "latent_mean", "latent_std"],
  });
}

/** The vocoder's tensors are under a key of their own; a copy as safetensors knows no such keys. */
const openVocoder = (files: ReleaseFiles, path: string) =>
  files.weights(path, { at: "generator" }).catch((error: unknown) => {
    if (FoleyError.isInstance(error) && error.code === "invalid-argument") return files.weights(path);
    throw error;
  });

/** The text tower of a CLIP's folder. */
async function openClipText(files: ReleaseFiles, folder: string) {
  const at = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const name = CLIP_FILES.weights.find((one) => files.paths.includes(at(one)));
  if (name === undefined)
    throw new FoleyError(
      "bad-file",
      `${folder || "The folder"} has neither ${CLIP_FILES.weights.join(" nor ")}, the CLIP itself.`,
      {
        hint: `Put the second there: 3.95 GB, https://huggingface.co/${MMAUDIO_CLIP}.`,
      },
    );
  if (!files.paths.includes(at(CLIP_FILES.tokeniser)))
    throw new FoleyError("bad-file", `${folder || "The folder"} lacks ${CLIP_FILES.tokeniser}, the words of CLIP.`, {
      hint: `Put it there: 2 MB, https://huggingface.co/${MMAUDIO_CLIP}.`,
    });
  const [weights, said, tokeniser] = await Promise.all([
    files.weights(at(name)),
    files.json(at(CLIP_FILES.config)),
    files.json(at(CLIP_FILES.tokeniser)),
  ]);
  const { activation, textHeads } = readOpenClipConfig(said);
  if (textHeads === undefined)
    throw new FoleyError("bad-file", `${CLIP_FILES.config} of ${folder} says no heads of the text tower.`, {
      hint: `Give the CLIP that MMAudio was trained with: ${MMAUDIO_CLIP}.`,
    });
  return clipTextEncoder({ weights, tokeniser, config: readClipTextConfig(weights, { heads: textHeads, activation }) });
}

/** The rate of the sound, told by the width of latents and not by the file's name. */
function rateOf({ latentChannels }: MmaudioConfig, network: string): keyof typeof MMAUDIO_FILES {
  const rate = latentChannels === 20 ? 16_000 : latentChannels === 40 ? 44_100 : undefined;
  if (rate === undefined)
    throw new FoleyError(
      "bad-weights",
      `${network} has latents of ${latentChannels} channels; 20 (16 kHz) or 40 (44.1 kHz) were expected.`,
      {
        hint: "Download it again.",
      },
    );
  return rate;
}

const autoencoderConfig = (weights: ParameterSource, { latentChannels }: MmaudioConfig) => {
  const shape = weights.get("decoder.conv_out.weight")?.shape;
  const inner = weights.get("decoder.conv_in.weight")?.shape;
  if (shape?.length !== 3 || inner?.[1] !== latentChannels)
    throw new FoleyError(
      "bad-weights",
      `The mel autoencoder is not the one of this network: its latents have ${inner?.[1] ?? "no"} channels, not ${latentChannels}.`,
      {
        hint: "Networks of 16 kHz take v1-16.pth, those of 44.1 kHz v1-44.pth.",
      },
    );
  return { bands: shape[0] as number, latentChannels, width: shape[1] as number };
};

async function vocoderConfig(
  files: ReleaseFiles,
  rate: number,
  { path, weights }: { readonly path: string; readonly weights: ParameterSource },
): Promise<BigVganConfig> {
  const [channels = 0, bands = 0] = weights.get("conv_pre.weight_v")?.shape ?? [];
  if (rate === 16_000) return { ...BIGVGAN_16K, num_mels: bands, upsample_initial_channel: channels };
  const folder = folderOfFile(path);
  const said = await files.json(folder === "" ? "config.json" : `${folder}/config.json`);
  const problem = checkBigVganConfig(said);
  if (problem !== undefined)
    throw new FoleyError("bad-file", `config.json of BigVGAN cannot be read: ${problem}.`, { hint: "Download it again." });
  return said as BigVganConfig;
}

/** The network, and how to find what belongs to it by name. */
function look(
  { paths }: ReleaseFiles,
  { root, network: given }: MmaudioFilesOptions,
): {
  readonly network: string;
  finder(who: string): (name: string) => string;
} {
  const where = root ?? "What was chosen";
  const near = root === undefined ? paths : paths.filter((path) => path.startsWith(`${root}/`));
  const networks = given === undefined ? near.filter(isMmaudioNetwork) : [given];
  const [network, ...further] = networks;
  if (network === undefined || further.length > 0)
    throw new FoleyError(
      "bad-file",
      network === undefined
        ? `${where} has no network of MMAudio.`
        : `${where} has ${networks.length} networks of MMAudio: ${networks.map(nameOfFile).join(", ")}.`,
      { hint: network === undefined ? "Give its folder, with mmaudio_small_16k.pth or another." : "Give the file of one." },
    );
  return {
    network,
    finder: (who) => (name) => {
      const found = paths.find((path) => nameOfFile(path) === name);
      if (found === undefined)
        throw new FoleyError("bad-file", `${where} lacks ${name}, which ${who} needs.`, {
          hint: `Put it there: ${SIZES[name] ?? "see the model's page"}.`,
        });
      return found;
    },
  };
}
