/**
 * MMAudio in the layout of its release with weights made by a formula: small ones for tests, and those of the real sizes for measurements where
 * the real weights cannot be had. The tensors are those that the graphs read.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  BIGVGAN_16K,
  type BigVganConfig,
  bigVgan,
  type ClipTextConfig,
  clipTextTower,
  type MelAutoencoderConfig,
  type MmaudioConfig,
  melDecoder,
  melEncoder,
  mmaudioConditions,
  mmaudioFlow,
} from "@foley-control/audio-backbone";
import type { GraphValue } from "@foley-control/core";
import type { Formula } from "@foley-control/golden";
import { writeFormulaWeights } from "@foley-control/golden/node";
import { graph, input, parametersOf } from "@foley-control/graph";
import {
  type ClipImageConfig,
  clipImageTower,
  type SynchformerVideoConfig,
  synchformerVideo,
} from "@foley-control/video-encoder";

/** Sizes of every part of a network of 16 kHz. */
export interface MmaudioSizes {
  readonly network: MmaudioConfig;
  readonly autoencoder: MelAutoencoderConfig;
  readonly vocoder: BigVganConfig;
  readonly image: ClipImageConfig;
  readonly text: ClipTextConfig;
  readonly sync: SynchformerVideoConfig;
}

const shared = { kernel: [2, 16, 16], heads: 1 } as const;

/** The smallest that the released layout allows: heads are 64 wide. */
export const SMALL_MMAUDIO: MmaudioSizes = {
  network: {
    ...{ version: "v1", latentChannels: 20, width: 64, heads: 1, jointBlocks: 1, fusedBlocks: 1 },
    ...{ clipWidth: 16, syncWidth: 64, textWidth: 64, textRows: 77 },
  },
  autoencoder: { bands: 80, latentChannels: 20, width: 8 },
  vocoder: { ...BIGVGAN_16K, upsample_initial_channel: 64 },
  image: { width: 64, depth: 1, heads: 1, hidden: 64, patch: 14, side: 27, out: 16, activation: "quick-gelu" },
  text: { vocabulary: 514, rows: 77, width: 64, depth: 1, heads: 1, hidden: 64, activation: "quick-gelu" },
  sync: { ...shared, width: 64, depth: 1, hidden: 64, aggregateHidden: 64 },
};

/** MMAudio small at 16 kHz, as released. */
export const REAL_MMAUDIO: MmaudioSizes = {
  network: {
    ...{ version: "v1", latentChannels: 20, width: 448, heads: 7, jointBlocks: 4, fusedBlocks: 8 },
    ...{ clipWidth: 1024, syncWidth: 768, textWidth: 1024, textRows: 77 },
  },
  autoencoder: { bands: 80, latentChannels: 20, width: 384 },
  vocoder: BIGVGAN_16K,
  image: { width: 1280, depth: 32, heads: 16, hidden: 5120, patch: 14, side: 27, out: 1024, activation: "quick-gelu" },
  text: { vocabulary: 49_408, rows: 77, width: 1024, depth: 24, heads: 16, hidden: 4096, activation: "quick-gelu" },
  sync: { ...shared, width: 768, depth: 12, heads: 12, hidden: 3072, aggregateHidden: 3072 },
};

/** Writes `weights/` and `ext_weights/` into one folder and the CLIP, without its tokeniser, into another. One tensor is in memory at a time. */
export async function writeMmaudioRelease(folder: string, clip: string, sizes: MmaudioSizes): Promise<void> {
  const { network, autoencoder, vocoder, image, text, sync } = sizes;
  const row = (name: string, count: number, width: number) => input(name, [1, count, width]);
  const seen = [row("clip", 1, network.clipWidth), row("sync", 8, network.syncWidth)] as const;
  const read = row("text", network.textRows, network.textWidth);
  const [noise, time] = [row("latents", 4, network.latentChannels), input("time", [1])];
  const conditions = mmaudioConditions(network, { clip: seen[0], sync: seen[1], text: read }, 4);
  const flow = mmaudioFlow(network, { latents: noise, time }, conditions);
  await write(join(folder, "weights/mmaudio_small_16k.pth"), [[[...seen, read, noise, time], flow]], {
    latent_mean: [1, 1, network.latentChannels],
    latent_std: [1, 1, network.latentChannels],
    empty_string_feat: [network.textRows, network.textWidth],
    empty_clip_feat: [1, network.clipWidth],
    empty_sync_feat: [1, network.syncWidth],
  });
  const latents = input("latents", [1, autoencoder.latentChannels, 4]);
  const mel = input("mel", [1, autoencoder.bands, 8]);
  await write(join(folder, "ext_weights/v1-16.pth"), [
    [[latents], melDecoder(latents, autoencoder)],
    [[mel], melEncoder(mel, autoencoder).mean],
  ]);
  await write(join(folder, "ext_weights/best_netG.pt"), [[[mel], bigVgan(mel, vocoder)]]);
  const film = input("pixels", [1, 16, 3, 224, 224]);
  await write(join(folder, "ext_weights/synchformer_state_dict.pth"), [[[film], synchformerVideo(film, sync)]]);
  const pixels = input("pixels", [1, 3, 384, 384]);
  const ids = input("ids", [1, text.rows], "int64");
  await write(join(clip, "open_clip_model.safetensors"), [
    [[pixels], clipImageTower(pixels, image)],
    [[ids], clipTextTower(ids, text)],
  ]);
  const model_cfg = { quick_gelu: true, vision_cfg: { head_width: image.width / image.heads }, text_cfg: { heads: text.heads } };
  await writeFile(join(clip, "open_clip_config.json"), JSON.stringify({ model_cfg }));
}

/** The tensors that networks read, and further ones, into one file. */
async function write(
  path: string,
  networks: readonly (readonly [inputs: readonly GraphValue[], output: GraphValue])[],
  further: Readonly<Record<string, readonly number[]>> = {},
): Promise<void> {
  const read = networks.flatMap(([inputs, out]) =>
    [...parametersOf(graph("weights", inputs, { out }))].map(([name, { shape }]) => [name, shape] as const),
  );
  const table = Object.fromEntries([...read, ...Object.entries(further)].map(([name, shape]) => [name, formulaOf(name, shape)]));
  await mkdir(dirname(path), { recursive: true });
  await writeFormulaWeights(path, table, { caseSeed: 7 });
}

/** A `tokenizer.json` as CLIP's, for letters alone: each of the 256 bytes, and each at the end of a word. */
export function letterTokeniser(): object {
  const printable = [...range(33, 127), ...range(161, 173), ...range(174, 256)];
  const rest = range(0, 256).filter((byte) => !printable.includes(byte));
  const letters = [...printable, ...rest.map((_, i) => 256 + i)].map((code) => String.fromCodePoint(code));
  const pieces = [...letters, ...letters.map((letter) => `${letter}</w>`), "<|startoftext|>", "<|endoftext|>"];
  const added = (content: string) => ({
    ...{ id: pieces.indexOf(content), content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  });
  return {
    version: "1.0",
    added_tokens: [added("<|startoftext|>"), added("<|endoftext|>")],
    normalizer: { type: "Lowercase" },
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      end_of_word_suffix: "</w>",
      continuing_subword_prefix: "",
      unk_token: "<|endoftext|>",
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges: [],
    },
  };
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Numbers of about the size that trained ones have: a layer neither loses its input nor blows it up. */
function formulaOf(name: string, shape: readonly number[]): Formula {
  if (/latent_std$|data_std$/.test(name)) return { shape, amp: 0.1, offset: 1 };
  if (/(?:norm\w*|ln_\w+|bn\d?)\.weight$|weight_g$/.test(name) && shape.filter((size) => size > 1).length <= 1)
    return { shape, amp: 0.1, offset: 1 };
  const fan = shape.slice(1).reduce((a, b) => a * b, 1);
  return { shape, amp: shape.length < 2 || fan <= 1 ? 0.02 : Math.sqrt(1 / fan), offset: 0 };
}
