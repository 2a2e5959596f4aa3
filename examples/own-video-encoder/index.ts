/**
 * A video encoder of one's own in the place of ours: it keeps the contract, a bridge is trained from it onto the embedded small
 * backbone, and the trained bridge is used. Every sentence with a ✓ was checked; the first that does not hold ends the program.
 */
import { readFile } from "node:fs/promises";
import { freshBridge, loadBridge } from "@foley-control/bridge";
import { mergeParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { testVideoEncoder } from "@foley-control/core/testing";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { bridgeLoss, HELD_OUT_SEED, HELD_OUT_SPLIT } from "@foley-control/train";
import { heldOutBatches, openPreparedDataset, prepareDataset, trainBridge } from "@foley-control/train/node";
import { brightnessChange as encoder } from "./encoder.js";

const [STEPS, BATCH] = [32, 8];
const SCENES = { scenes: 64, heldOut: 32, classes: ["scrape", "roll"] } as const; // sounds that follow the motion

function claim(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`This does not hold: ${sentence}`);
  console.log(`✓ ${sentence}`);
}

await using runtime = nodeRuntime({ device: "cpu" });

// 1. Does it keep the contract? The suite says so for any encoder.
const checks = testVideoEncoder(() => encoder);
for (const check of checks) await check.run(runtime);
claim(checks.length > 0, `the encoder keeps its contract (${checks.length} checks)`);

// 2. Scenes, seen by this encoder and heard by the backbone: some to learn from, others to judge by. Videos are prepared in the same way.
const { backbone } = await loadMini();
const data = "out/features";
await prepareDataset(runtime, { source: SCENES, directory: data, parts: { backbone, encoder }, rules: [] });

// 3. A bridge from the one to the other. Everything else is frozen.
const { file, config } = await trainBridge(runtime, {
  backbone,
  data,
  directory: "out/bridge",
  plan: {
    steps: STEPS,
    batch: BATCH,
    learningRate: { kind: "constant", peak: 5e-4, warmUp: 10 },
    times: { kind: "logit-normal", mean: 1.2, deviation: 1.3 }, // where there is much noise it is decided when things sound
  },
});
const bridge = loadBridge(await readFile(file));

// 4. What it learnt, on scenes that it has not seen.
const dataset = await openPreparedDataset(data, { split: HELD_OUT_SPLIT });
const { audio, video } = dataset.manifest;
const loss = bridgeLoss(backbone, config, { batch: BATCH, frames: audio.frames, videoTokens: video.tokens });
const held = heldOutBatches({ dataset }, backbone, BATCH);

/** Mean loss at much noise on the held-out scenes with the video that belongs to each, with another scene's, and with none; the noise is the same. */
async function judge(weights: ParameterSource): Promise<{ own: number; another: number; none: number }> {
  await using network = await runtime.load(loss, mergeParameters(backbone.weights, weights));
  const total = { own: 0, another: 0, none: 0 };
  const time: PlainTensor = { dtype: "float32", shape: [BATCH], data: new Float32Array(BATCH).fill(0.9) };
  for (let index = 0; index < held.batches; index++) {
    const batch = await held.batch(index);
    const seen = batch["video"] as PlainTensor<"float32">;
    const third = 3 * (seen.data.length / BATCH);
    const videos = {
      own: seen.data,
      another: Float32Array.of(...seen.data.subarray(third), ...seen.data.subarray(0, third)),
      none: new Float32Array(seen.data.length),
    };
    for (const [name, shown] of Object.entries(videos)) {
      const found = await network.run({ ...batch, time, video: { ...seen, data: shown } });
      total[name as keyof typeof total] += Number(found["loss"]?.data[0]) / held.batches;
    }
  }
  return total;
}

const before = await judge(freshBridge(config, 1).weights);
const after = await judge(bridge.weights);
await dataset.close();
const told = (value: number) => value.toFixed(4);
console.log(`held-out loss before: own video ${told(before.own)}, another's ${told(before.another)}, none ${told(before.none)}`);
console.log(`held-out loss after:  own video ${told(after.own)}, another's ${told(after.another)}, none ${told(after.none)}`);
claim(before.own === before.none && before.another === before.none, "a fresh bridge changes nothing, whatever it is shown");
claim(after.own < before.own, `${STEPS} steps lower the loss`);
claim(after.own < after.another, "the video matters: with another scene's the loss is higher");
claim(after.none === before.none, "zero tokens leave the backbone alone, to the last bit");

// 5. Used.
await using foley = await createFoley({ backbone, encoder, bridge, runtime });
const scene = renderScene(HELD_OUT_SEED + 7, { classes: SCENES.classes, imageSize: 128 });
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
