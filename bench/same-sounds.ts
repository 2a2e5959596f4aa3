/**
 * `npm run bench -- same-sounds`: SHA-256 of the samples of fixed sounds, one line each, so that two commits can be compared with `diff`:
 * the clip of `foley demo`, held-out scenes with their own picture and caption, and the tiny releases of Stable Audio. Equal lines are
 * equal sounds, bit for bit; what the bits are depends on the processor and on ONNX Runtime, so compare on one machine.
 *
 *     npm run bench -- same-sounds --scenes 20 > before.txt
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { assembleCases } from "@foley-control/golden/node";
import { createFoley } from "@foley-control/pipeline/node";
import { renderScene, type SceneOptions } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { HELD_OUT_SEED } from "@foley-control/train";

const { values } = parseArgs({ options: { scenes: { type: "string", default: "20" } } });

/** The scene of `foley demo`. */
const DEMO = { scene: HELD_OUT_SEED + 109, imageSize: 256, classes: ["bounce"] } as const;
/** How the runtime is asked to compute: sums are in the same order whatever the number of cores. */
const runtime = { device: "cpu", threads: 1 } as const;

function tell(name: string, channels: readonly Float32Array[]): void {
  const digest = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of channels) digest.update(new Uint8Array(buffer, byteOffset, byteLength));
  console.log(`${digest.digest("hex")}  ${name}`);
}

const folder = mkdtempSync(join(tmpdir(), "foley-same-sounds-"));
try {
  {
    await using foley = await createFoley({ runtime });
    const make = async (name: string, scene: number, rendering: SceneOptions, seed: number) => {
      const path = join(folder, `${name}.mp4`);
      const rendered = renderScene(scene, rendering);
      await writeScene(rendered, path, { mute: true });
      const take = await foley.generate({ video: path, prompt: rendered.caption, seed });
      tell(name, take.pcm({ sampleRate: "native" }).channels);
    };
    await make("demo", DEMO.scene, { imageSize: DEMO.imageSize, classes: DEMO.classes }, 0);
    for (let i = 0; i < Number(values.scenes); i++)
      await make(`scene-${i}`, HELD_OUT_SEED + i, { imageSize: 128, frameRate: 30, audio: false }, i);
  }
  await assembleCases(join(folder, "cases"));
  const release = (name: string) => join(folder, "cases", "sao", name);
  for (const name of ["sao-tiny", "sao-small-tiny"]) {
    const backbone = await stableAudioOpen(release(name), { t5: release(join("sao-tiny", "t5-tiny")) });
    await using foley = await createFoley({ backbone, runtime });
    const take = await foley.generate({ duration: 0.5, prompt: "a steel ball bouncing on wood", seed: 1, steps: 4 });
    tell(name, take.pcm({ sampleRate: "native" }).channels);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
