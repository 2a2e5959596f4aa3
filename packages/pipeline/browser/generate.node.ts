/** Node's side of `generate.ts`. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { type FromNode, recording, request } from "./support/recording.js";

/** A clip with impacts; what the CPU makes of it. */
export async function sameAsNode(): Promise<FromNode> {
  const folder = await mkdtemp(join(tmpdir(), "foley-page-"));
  try {
    const video = join(folder, "scene.mp4");
    await writeScene(renderScene(1_000_000_123, { classes: ["bounce"], audio: false }), video, { mute: true });
    await using own = nodeRuntime({ device: "cpu" });
    const { runtime, latents } = recording(own);
    await using foley = await createFoley({ runtime });
    const take = await foley.generate({ ...request, video });
    return {
      clip: (await readFile(video)).toString("base64"),
      latents: [...latents()],
      audio: [...take.audio.data],
      events: (await take.onsets()).times,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
