/** MMAudio small at its released size with weights made by a formula, and a clip for it to see. */
import { existsSync, mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMmaudio } from "@foley-control/audio-backbone/node";
import type { AudioBackbone } from "@foley-control/core";
import { encodeVideo } from "@foley-control/media/node";
import { renderScene } from "@foley-control/scenes";
import { VIDEO_ENCODER_OPENERS } from "@foley-control/video-encoder/node";
import {
  letterTokeniser,
  type MmaudioSizes,
  REAL_MMAUDIO,
  SMALL_MMAUDIO,
  writeMmaudioRelease,
} from "../../packages/models/src/node/mmaudio-release.test-support.js";

/** Of the released widths with so many blocks; of words with those that the letters below have. */
function shallow(blocks: number): MmaudioSizes {
  const { network, image, text, sync, ...rest } = REAL_MMAUDIO;
  return {
    ...rest,
    network: { ...network, jointBlocks: blocks + 1, fusedBlocks: blocks }, // the last joint block is unlike the others
    image: { ...image, depth: blocks },
    text: { ...text, depth: blocks, vocabulary: SMALL_MMAUDIO.text.vocabulary },
    sync: { ...sync, depth: blocks },
  };
}

/** Writes the release where it is not yet: 6 GB; with so many `blocks` in each network where that is said. */
export async function ensureMmaudio(folder: string, blocks?: number): Promise<void> {
  const clip = join(folder, "clip");
  const sizes = blocks === undefined ? REAL_MMAUDIO : shallow(blocks);
  if (!existsSync(join(clip, "open_clip_config.json"))) await writeMmaudioRelease(folder, clip, sizes);
  const words = join(clip, "tokenizer.json");
  if (!existsSync(words)) await writeFile(words, JSON.stringify(letterTokeniser()));
}

/** Opens it, or the real one. */
export const openMmaudioFolder = (folder: string, seesClip: boolean): Promise<AudioBackbone> =>
  openMmaudio(folder, {
    seesClip,
    videoEncoder: (path, options) =>
      /\.(?:pth|safetensors)$/.test(path)
        ? VIDEO_ENCODER_OPENERS.synchformer(path, {})
        : VIDEO_ENCODER_OPENERS.clip(path, options),
  });

/** A clip of 25 pictures a second, all different. */
export async function writeClip(seconds: number): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "foley-bench-")), "clip.mp4");
  const scene = renderScene(1, { seconds, imageSize: 384, frameRate: 25, classes: ["bounce"] });
  const bytes = scene.imageSize ** 2 * 3;
  const frames = Array.from({ length: scene.frames.length / bytes }, (_, i) => scene.frames.subarray(i * bytes, (i + 1) * bytes));
  await encodeVideo({ frames, width: scene.imageSize, height: scene.imageSize, fps: scene.frameRate }, path);
  return path;
}
