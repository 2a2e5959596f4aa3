/** Node's side of `releases.ts`: the same folders on disk, computed by the CPU. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openMmaudio, stableAudio3 } from "@foley-control/audio-backbone/node";
import type { AudioBackbone } from "@foley-control/core";
import { goldenModel, goldenPath, writeFormulaWeights } from "@foley-control/golden/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { synchformerEncoder } from "@foley-control/video-encoder";
import { clip } from "@foley-control/video-encoder/node";
import { openCheckpoint } from "@foley-control/weights/node";
import { recording } from "./support/recording.js";
import { type From, type FromNode, HEADS, RELEASES, REQUESTS } from "./support/releases.js";

const OPENERS: Readonly<Record<keyof typeof RELEASES, (folder: string) => Promise<AudioBackbone>>> = {
  stableAudio3: (folder) => stableAudio3(folder),
  mmaudio: (folder) =>
    openMmaudio(folder, {
      heads: HEADS.mmaudio,
      videoEncoder: async (path, { imageSize }) =>
        path.endsWith(".pth")
          ? synchformerEncoder(await openCheckpoint(path), { heads: HEADS.synchformer })
          : clip(path, { imageSize }),
    }),
};

async function made(name: keyof typeof RELEASES): Promise<FromNode> {
  const folder = await mkdtemp(join(tmpdir(), "foley-page-"));
  try {
    for (const [path, from] of Object.entries<From>(RELEASES[name])) {
      const to = join(folder, "release", path);
      await mkdir(dirname(to), { recursive: true });
      if ("text" in from) await writeFile(to, from.text);
      else if ("golden" in from) await copyFile(goldenPath(from.golden), to);
      else {
        const table = goldenModel(from.formula.replace("/model.formula.json", ""));
        await writeFormulaWeights(to, table.weights, table);
      }
    }
    const video = join(folder, "scene.mp4");
    const seen = name === "mmaudio";
    if (seen) {
      const scene = renderScene(1_000_000_123, { classes: ["bounce"], seconds: 2, imageSize: 48, audio: false });
      await writeScene(scene, video, { mute: true });
    }
    await using own = nodeRuntime({ device: "cpu", threads: 1 });
    const { runtime, latents } = recording(own);
    await using foley = await createFoley({ backbone: await OPENERS[name](join(folder, "release")), runtime });
    const take = await foley.generate({ ...REQUESTS[name], ...(seen && { video }) });
    return {
      clip: seen ? (await readFile(video)).toString("base64") : "",
      latents: [...latents()],
      audio: [...take.audio.data],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** MMAudio. */
export const mmaudioOfAFolder = (): Promise<FromNode> => made("mmaudio");
/** Stable Audio 3. */
export const stableAudio3OfAFolder = (): Promise<FromNode> => made("stableAudio3");
