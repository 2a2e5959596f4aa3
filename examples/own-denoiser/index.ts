/**
 * A text-to-audio denoiser of one's own in the place of ours: read from an ONNX file, given a bridge at the values that denoiser.ts
 * names, trained and used. Every sentence with a ✓ was checked; the first that does not hold ends the program.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { bridgeConfig, createBridge, freshBridge, initialiseBridge, loadBridge, saveBridge } from "@foley-control/bridge";
import { createRandom, memoryParameters, mergeParameters, type PlainTensor } from "@foley-control/core";
import { testBridge, testDenoiser } from "@foley-control/core/testing";
import { input } from "@foley-control/graph";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { createTrainer, diffusionLoss, encodeScenes, HELD_OUT_SEED } from "@foley-control/train";
import { backbone, denoiser, encoder } from "./denoiser.js";

const [STEPS, BATCH] = [60, 8];
const SCENES = { train: 32, judge: 16, classes: ["strike", "bounce", "footsteps"] } as const; // what denoiser.onnx was trained on

function claim(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`This does not hold: ${sentence}`);
  console.log(`✓ ${sentence}`);
}
const count = (length: number, first = 0) => Array.from({ length }, (_, i) => first + i);

await using runtime = nodeRuntime({ device: "cpu" });

// 1. Does it keep the contract, and does a bridge find its places? The suites say so for any denoiser and any bridge.
const [site] = denoiser.sites(1);
console.log(
  `${denoiser.id}: ${denoiser.blocks} sites, ${site?.width} wide, ${site?.heads} heads, ${site?.prefixTokens} rows in front`,
);
const config = bridgeConfig(backbone, encoder);
const checks = [
  ...testDenoiser(() => denoiser),
  ...testBridge(() => ({ bridge: freshBridge(config, 1), denoiser }), { tokenWidth: encoder.tokenWidth }),
];
for (const check of checks) await check.run(runtime);
claim(checks.length > 0, `denoiser and bridge keep their contracts (${checks.length} checks)`);

// 2. Scenes, seen by the encoder and heard by the backbone: some to learn from, others to judge by.
const classes = SCENES.classes;
const scenes = await encodeScenes(runtime, { backbone, encoder }, { seeds: count(SCENES.train), classes });
const others = await encodeScenes(runtime, { backbone, encoder }, { seeds: count(SCENES.judge, HELD_OUT_SEED), classes });

// 3. The denoiser's own loss, without and with a bridge in it. Everything but the bridge is frozen.
const size = { batch: BATCH, frames: scenes.frames };
const start = initialiseBridge(config, 1);
const video = input("video", [BATCH, scenes.videoTokens, encoder.tokenWidth]);
const hook = createBridge(config, memoryParameters(start)).hook(video);
const plain = diffusionLoss(denoiser, size);
const bridged = diffusionLoss(denoiser, { ...size, hook, extraInputs: [video] });

/** Mean loss on the held-out scenes; without weights of a bridge that of the denoiser as it came. */
async function judge(weights?: Readonly<Record<string, PlainTensor>>): Promise<number> {
  await using network = weights
    ? await runtime.load(bridged, mergeParameters(denoiser.weights, memoryParameters(weights)))
    : await runtime.load(plain, denoiser.weights);
  let total = 0;
  for (let first = 0; first < others.count; first += BATCH) {
    const { video: seen, ...batch } = others.batch(count(BATCH, first), { key: first });
    const { loss } = await network.run(weights ? { ...batch, video: seen as PlainTensor } : batch);
    total += Number(loss?.data[0]) * (BATCH / others.count);
  }
  return total;
}

const alone = await judge();
const fresh = await judge(start);
claim(fresh === alone, "a fresh bridge leaves the denoiser as it was, to the last bit");

const trainer = await createTrainer(runtime, bridged, start, {
  frozen: denoiser.weights,
  learningRate: (step) => 5e-4 * Math.min(1, (step + 1) / 10),
});
for (let step = 0; step < STEPS; step++) {
  const random = createRandom(1, "rows", step);
  const rows = count(BATCH).map(() => random.integer(0, scenes.count));
  await trainer.advance(scenes.batch(rows, { key: step, dropText: 0.1, dropVideo: 0.1 }));
}
const trained = await trainer.parameters("average");
await trainer.dispose();
const after = await judge(trained);
console.log(`held-out loss: ${fresh.toFixed(4)} before, ${after.toFixed(4)} after`);
claim(after < fresh, `${STEPS} steps of the bridge lower the loss on scenes that it has not seen`);

// 4. Kept in a file, read back, and used.
await mkdir("out", { recursive: true });
const made = createBridge(config, memoryParameters(trained));
await writeFile("out/bridge.safetensors", saveBridge(made, { trained: `${STEPS} steps on rendered scenes` }));
const bridge = loadBridge(await readFile("out/bridge.safetensors"));
await using foley = await createFoley({ backbone, encoder, bridge, runtime });
const scene = renderScene(HELD_OUT_SEED + 7, { classes, imageSize: 128 });
await writeScene(scene, "out/clip.mp4", { mute: true });
const ask = { video: "out/clip.mp4", prompt: scene.caption, seed: 7, steps: 12 } as const;
const take = await foley.generate(ask);
const unseen = await foley.generate({ ...ask, videoStrength: 0 });
await take.saveVideo("out/clip.foley.mp4");
claim(take.audio.data.every(Number.isFinite), `"${scene.caption}" has a sound of ${take.duration} s: out/clip.foley.mp4`);
claim(
  take.audio.data.some((value, i) => value !== unseen.audio.data[i]),
  "it is another one than without the picture",
);
