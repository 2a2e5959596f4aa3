/**
 * A video encoder of one's own in the place of ours: it keeps the contract, a bridge is trained from it onto the embedded small
 * backbone, and the trained bridge is used. Every sentence with a ✓ was checked; the first that does not hold ends the program.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { bridgeConfig, createBridge, initialiseBridge, loadBridge, saveBridge } from "@foley-control/bridge";
import { createRandom, memoryParameters, mergeParameters, type PlainTensor } from "@foley-control/core";
import { testVideoEncoder } from "@foley-control/core/testing";
import { input } from "@foley-control/graph";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { createTrainer, diffusionLoss, encodeScenes, HELD_OUT_SEED } from "@foley-control/train";
import { brightnessChange as encoder } from "./encoder.js";

const [STEPS, BATCH] = [32, 8];
const SCENES = { train: 64, judge: 32, classes: ["scrape", "roll"] } as const; // sounds that follow the motion

function claim(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`This does not hold: ${sentence}`);
  console.log(`✓ ${sentence}`);
}
const count = (length: number, first = 0) => Array.from({ length }, (_, i) => first + i);

await using runtime = nodeRuntime({ device: "cpu" });

// 1. Does it keep the contract? The suite says so for any encoder.
const checks = testVideoEncoder(() => encoder);
for (const check of checks) await check.run(runtime);
claim(checks.length > 0, `the encoder keeps its contract (${checks.length} checks)`);

// 2. Scenes, seen by this encoder and heard by the backbone: some to learn from, others to judge by.
const { backbone } = await loadMini();
const classes = SCENES.classes;
const scenes = await encodeScenes(runtime, { backbone, encoder }, { seeds: count(SCENES.train), classes });
const others = await encodeScenes(runtime, { backbone, encoder }, { seeds: count(SCENES.judge, HELD_OUT_SEED), classes });

// 3. A bridge from the one to the other, and the loss that it is trained on. Everything else is frozen.
const config = bridgeConfig(backbone, encoder);
const start = initialiseBridge(config, 1);
const video = input("video", [BATCH, scenes.videoTokens, encoder.tokenWidth]);
const loss = diffusionLoss(backbone.denoiser, {
  batch: BATCH,
  frames: scenes.frames,
  hook: createBridge(config, memoryParameters(start)).hook(video),
  extraInputs: [video],
});

/** Mean loss on the held-out scenes with the video that belongs to each, with another scene's, and with none. */
async function judge(weights: Readonly<Record<string, PlainTensor>>): Promise<{ own: number; another: number; none: number }> {
  await using network = await runtime.load(loss, mergeParameters(backbone.denoiser.weights, memoryParameters(weights)));
  const total = { own: 0, another: 0, none: 0 };
  for (let first = 0; first < others.count; first += BATCH) {
    const rows = count(BATCH, first);
    const batch = others.batch(rows, { key: first }); // the same noise for all three
    const swapped = others.batch(
      rows.map((row) => (row + 3) % others.count),
      { key: first },
    );
    const nothing = others.batch(rows, { key: first, dropVideo: 1 });
    for (const [name, seen] of Object.entries({ own: batch, another: swapped, none: nothing })) {
      const found = await network.run({ ...batch, video: seen["video"] as PlainTensor });
      total[name as keyof typeof total] += Number(found["loss"]?.data[0]) * (BATCH / others.count);
    }
  }
  return total;
}

const before = await judge(start);
const trainer = await createTrainer(runtime, loss, start, {
  frozen: backbone.denoiser.weights,
  learningRate: (step) => 1e-3 * Math.min(1, (step + 1) / 10),
});
for (let step = 0; step < STEPS; step++) {
  const random = createRandom(1, "rows", step);
  const rows = count(BATCH).map(() => random.integer(0, scenes.count));
  await trainer.advance(scenes.batch(rows, { key: step, dropText: 0.1, dropVideo: 0.1 }));
}
const trained = await trainer.parameters("average");
await trainer.dispose();
const after = await judge(trained);

// 4. What it learnt, on scenes that it has not seen.
const told = (value: number) => value.toFixed(4);
console.log(`held-out loss before: own video ${told(before.own)}, another's ${told(before.another)}, none ${told(before.none)}`);
console.log(`held-out loss after:  own video ${told(after.own)}, another's ${told(after.another)}, none ${told(after.none)}`);
claim(before.own === before.none && before.another === before.none, "a fresh bridge changes nothing, whatever it is shown");
claim(after.own < before.own, `${STEPS} steps lower the loss`);
claim(after.own < after.another, "the video matters: with another scene's the loss is higher");
claim(after.none === before.none, "zero tokens leave the backbone alone, to the last bit");

// 5. Kept in a file, read back, and used.
await mkdir("out", { recursive: true });
const made = createBridge(config, memoryParameters(trained));
await writeFile("out/bridge.safetensors", saveBridge(made, { trained: `${STEPS} steps on rendered scenes` }));
await using foley = await createFoley({
  backbone,
  encoder,
  bridge: loadBridge(await readFile("out/bridge.safetensors")),
  runtime,
});
const scene = renderScene(HELD_OUT_SEED + 7, { classes, imageSize: 128 });
await writeScene(scene, "out/clip.mp4", { mute: true });
const ask = { video: "out/clip.mp4", prompt: scene.caption, seed: 7, steps: 8 } as const;
const take = await foley.generate(ask);
const unseen = await foley.generate({ ...ask, videoStrength: 0 });
await take.saveVideo("out/clip.foley.mp4");
claim(take.audio.data.every(Number.isFinite), `"${scene.caption}" has a sound of ${take.duration} s: out/clip.foley.mp4`);
claim(
  take.audio.data.some((value, i) => value !== unseen.audio.data[i]),
  "it is another one than without the picture",
);
