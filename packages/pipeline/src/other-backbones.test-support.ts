/** Backbones that others released, narrow, in the layouts of their releases, with weights that a formula makes. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openMmaudio, stableAudio3, stableAudioOpen } from "@foley-control/audio-backbone/node";
import type { AudioBackbone } from "@foley-control/core";
import { goldenModel, goldenPath, writeFormulaWeights } from "@foley-control/golden/node";
import { synchformerEncoder } from "@foley-control/video-encoder";
import { clip } from "@foley-control/video-encoder/node";
import { openCheckpoint } from "@foley-control/weights/node";
import { letters } from "./letters.test-support.js";

/** Writes a release of Stable Audio Open with its T5 into a folder, and opens it: `sao-tiny` is of the shape of 1.0, `sao-small-tiny` of Small's. */
export async function stableAudio(root: string, name: "sao-tiny" | "sao-small-tiny"): Promise<AudioBackbone> {
  const text = "sao-tiny/t5-tiny";
  await copyInto(root, {
    [`sao/${name}/model_config.json`]: "model_config.json",
    [`sao/${text}/config.json`]: "t5-base/config.json",
    [`sao/${text}/tokenizer.json`]: "t5-base/tokenizer.json",
  });
  for (const [model, to] of [
    [name, ""],
    [text, "t5-base"],
  ] as const) {
    const table = goldenModel(`sao/${model}`);
    await writeFormulaWeights(join(root, to, "model.safetensors"), table.weights, table);
  }
  return stableAudioOpen(root);
}

/** Writes a release of Stable Audio 3 into a folder, as one that makes so many seconds at once, and opens it. */
export async function thirdStableAudio(root: string, seconds: number): Promise<AudioBackbone> {
  const names = ["config.json", "tokenizer.json", "model.safetensors"].map((name) => `t5gemma-b-b-ul2/${name}`);
  await copyInto(root, Object.fromEntries(["model_config.json", ...names].map((name) => [`sa3/sa3-tiny/${name}`, name])));
  const config = JSON.parse(await readFile(join(root, "model_config.json"), "utf8"));
  await writeFile(join(root, "model_config.json"), JSON.stringify({ ...config, sample_size: seconds * config.sample_rate }));
  const table = goldenModel("sa3/sa3-tiny");
  await writeFormulaWeights(join(root, "model.safetensors"), table.weights, table);
  return stableAudio3(root);
}

/** Writes an MMAudio of 16 kHz into a folder, and opens it with what it sees by. */
export async function smallMmaudio(root: string): Promise<AudioBackbone> {
  await copyInto(root, {
    "mmaudio/mmaudio-tiny-16k/weights/mmaudio_small_16k.pth": "weights/mmaudio_small_16k.pth",
    "mmaudio/mmaudio-tiny-16k/ext_weights/v1-16.pth": "ext_weights/v1-16.pth",
    "mmaudio/mmaudio-tiny-16k/ext_weights/best_netG.pt": "ext_weights/best_netG.pt",
    "mmaudio/mmaudio-tiny-encoders/synchformer_state_dict.pth": "ext_weights/synchformer_state_dict.pth",
    "mmaudio/mmaudio-tiny-encoders/open_clip_pytorch_model.bin": "clip/open_clip_pytorch_model.bin",
    "mmaudio/mmaudio-tiny-encoders/open_clip_config.json": "clip/open_clip_config.json",
  });
  await writeFile(join(root, "clip/tokenizer.json"), JSON.stringify(letters));
  return openMmaudio(root, {
    heads: 2,
    videoEncoder: async (path, { imageSize }) =>
      path.endsWith(".pth") ? synchformerEncoder(await openCheckpoint(path), { heads: 3 }) : clip(path, { imageSize }),
  });
}

async function copyInto(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [from, to] of Object.entries(files)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await copyFile(goldenPath(from), join(root, to));
  }
}
