/** MMAudio from files as they were downloaded: in the folders of its repository, or side by side. Nothing is copied or converted. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type AudioBackbone, FoleyError, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { notReadable, readJsonFile } from "@foley-control/files/node";
import { checkParameters, readOpenClipConfig } from "@foley-control/weights";
import { openCheckpoint } from "@foley-control/weights/node";
import { parametersRead } from "../release-parts.js";
import { CLIP_FILES, MMAUDIO_CLIP } from "../text/clip-release.js";
import { readClipTextConfig } from "../text/clip-text.js";
import { clipTextEncoder } from "../text/clip-text-encoder.js";
import { mmaudio } from "./backbone.js";
import { BIGVGAN_16K, type BigVganConfig, checkBigVganConfig } from "./big-vgan.js";
import { DERIVED_TENSORS, type MmaudioConfig, readMmaudioConfig } from "./config.js";
import { isMmaudioNetwork, MMAUDIO_FILES, SYNCHFORMER_FILE } from "./release-row.js";

/** Options of {@link openMmaudio}. */
export interface OpenMmaudioOptions {
  /** Opens what sees: the folder of a CLIP with so many pixels each way, or Synchformer's file. */
  readonly videoEncoder: (path: string, options: { readonly imageSize?: number | undefined }) => Promise<VideoEncoder>;
  /** Folder of the CLIP. Default: looked for in and beside the folder. */
  readonly clip?: string | undefined;
  /** Other folders in which parts lie, as the cache of a hub has them: one for each repository. */
  readonly folders?: readonly string[] | undefined;
  /** Whether CLIP's pictures are read; see `MmaudioParts.clip`. Default true. */
  readonly seesClip?: boolean | undefined;
  /** Heads of the network, of another width than the released ones. */
  readonly heads?: number | undefined;
}

/** Pixels each way of the pictures that CLIP is shown; its patches leave the last six unread. */
const CLIP_PIXELS = 384;
/** Most bytes of a JSON file that is read. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
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
 * Opens MMAudio.
 *
 * @param path - a folder with one of its networks, or the network's file; the other parts lie in the folder, below or beside it
 * @throws FoleyError `bad-file` naming the part that is missing, its size and where it is from; `bad-weights` for files that are not what they should
 * be
 * @example
 * ```ts
 * const backbone = await openMmaudio("./MMAudio", { videoEncoder });
 * ```
 */
export async function openMmaudio(path: string, options: OpenMmaudioOptions): Promise<AudioBackbone> {
  const { network, finder } = await look(resolve(path), options.folders ?? []);
  const weights = await openCheckpoint(network);
  const config = readMmaudioConfig(weights, options.heads);
  const sampleRate = rateOf(config, network);
  const files = MMAUDIO_FILES[sampleRate];
  const find = finder(`${basename(network)}, by its tensors ${config.version} of ${sampleRate / 1000} kHz,`);
  const [autoencoder, generator] = await Promise.all([openCheckpoint(find(files.autoencoder)), openVocoder(find(files.vocoder))]);
  const clipFolder = options.clip ?? dirname(find(CLIP_FILES.config));
  const [sync, clip, text] = [
    await options.videoEncoder(find(SYNCHFORMER_FILE), {}),
    options.seesClip === false ? undefined : await options.videoEncoder(clipFolder, { imageSize: CLIP_PIXELS }),
    await openClipText(clipFolder),
  ];
  const mel = autoencoderConfig(autoencoder, config);
  const vocoder = await vocoderConfig(sampleRate, find(files.vocoder), generator);
  if (vocoder.num_mels !== mel.bands)
    throw new FoleyError(
      "bad-weights",
      `${find(files.vocoder)} is not the vocoder of this network: it reads ${vocoder.num_mels} bands, not ${mel.bands}.`,
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
  checkNetwork(weights, backbone);
  return backbone;
}

/** The network's file must hold what its graphs read, and nothing else but constants that they make themselves. */
function checkNetwork(weights: ParameterSource & { readonly path: string }, { conditionGraph, denoiser }: AudioBackbone): void {
  const graphs = [conditionGraph({ frames: 1 }), denoiser.graph({ frames: 1 })];
  checkParameters(weights, parametersRead(...graphs), {
    label: weights.path,
    ignore: [...DERIVED_TENSORS, "latent_mean", "latent_std"],
  });
}

/** The vocoder's tensors are under a key of their own; a copy as safetensors knows no such keys. */
const openVocoder = (path: string) =>
  openCheckpoint(path, { at: "generator" }).catch((error: unknown) => {
    if (FoleyError.isInstance(error) && error.code === "invalid-argument") return openCheckpoint(path);
    throw error;
  });

/** The text tower of a CLIP's folder. */
async function openClipText(folder: string) {
  const found = await Promise.all(CLIP_FILES.weights.map(async (name) => ((await isFile(join(folder, name))) ? [name] : [])));
  const name = found.flat()[0];
  if (name === undefined)
    throw new FoleyError("bad-file", `${folder} has neither ${CLIP_FILES.weights.join(" nor ")}.`, {
      hint: "Download it again.",
    });
  const [weights, said, tokeniser] = await Promise.all([
    openCheckpoint(join(folder, name)),
    readJsonFile(join(folder, CLIP_FILES.config), { limit: MAX_JSON_BYTES, hint: "Download it again." }),
    readJsonFile(join(folder, CLIP_FILES.tokeniser), { limit: MAX_JSON_BYTES, hint: "Download it again." }),
  ]);
  const { activation, textHeads } = readOpenClipConfig(said);
  if (textHeads === undefined)
    throw new FoleyError("bad-file", `${CLIP_FILES.config} of ${folder} says no heads of the text tower.`, {
      hint: "Give the CLIP that MMAudio was trained with: apple/DFN5B-CLIP-ViT-H-14-378.",
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

async function vocoderConfig(rate: number, path: string, weights: ParameterSource): Promise<BigVganConfig> {
  const [channels = 0, bands = 0] = weights.get("conv_pre.weight_v")?.shape ?? [];
  if (rate === 16_000) return { ...BIGVGAN_16K, num_mels: bands, upsample_initial_channel: channels };
  const said = await readJsonFile(join(dirname(path), "config.json"), { limit: MAX_JSON_BYTES, hint: "Download it again." });
  const problem = checkBigVganConfig(said);
  if (problem !== undefined)
    throw new FoleyError("bad-file", `config.json of BigVGAN cannot be read: ${problem}.`, { hint: "Download it again." });
  return said as BigVganConfig;
}

/** The network, and how to find what belongs to it by name. */
async function look(
  path: string,
  others: readonly string[],
): Promise<{ readonly network: string; finder(who: string): (name: string) => string }> {
  const alone = await isFile(path);
  const folder = alone ? dirname(path) : path;
  const root = /^(?:weights|ext_weights)$/.test(basename(folder)) ? dirname(folder) : folder;
  const files = await listFiles(root);
  const elsewhere = await Promise.all(others.map(async (other) => (await listFiles(other)).map((file) => join(other, file))));
  const all = [...files.map((file) => join(root, file)), ...elsewhere.flat()];
  const networks = alone ? [path] : files.filter(isMmaudioNetwork).map((file) => join(root, file));
  const [network, ...further] = networks;
  if (network === undefined || further.length > 0)
    throw new FoleyError(
      "bad-file",
      network === undefined
        ? `${path} has no network of MMAudio.`
        : `${path} has ${networks.length} networks of MMAudio: ${networks.map((one) => basename(one)).join(", ")}.`,
      { hint: network === undefined ? "Give its folder, with mmaudio_small_16k.pth or another." : "Give the file of one." },
    );
  return {
    network,
    finder: (who) => (name) => {
      const found = all.find((file) => basename(file) === name);
      if (found === undefined)
        throw new FoleyError("bad-file", `${root} lacks ${name}, which ${who} needs.`, {
          hint: `Put it there: ${SIZES[name] ?? "see the model's page"}.`,
        });
      return found;
    },
  };
}

/** Folders below one another that are looked into: repositories keep theirs two deep. */
const MAXIMUM_DEPTH = 3;
/** Most files that are looked at. */
const MAXIMUM_FILES = 10_000;

/** Paths of files below a folder. */
async function listFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((cause: unknown) => {
      throw notReadable(`"${join(root, folder)}"`, cause, "Give the folder of an MMAudio as downloaded.");
    });
    for (const entry of entries) {
      if (found.length >= MAXIMUM_FILES) return;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < MAXIMUM_DEPTH) await visit(path, depth + 1);
      else if (!entry.isDirectory()) found.push(path);
    }
  };
  await visit("", 1);
  return found;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
