/**
 * A text-to-audio denoiser of one's own in the place of ours: read from an ONNX file, given a bridge at the values that denoiser.ts
 * names, trained and used. Every sentence with a ✓ was checked; the first that does not hold ends the program.
 */
import { readFile } from "node:fs/promises";
import { bridgeConfig, freshBridge, loadBridge } from "@foley-control/bridge";
import { testBridge, testDenoiser } from "@foley-control/core/testing";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { HELD_OUT_SEED, LOG_FILES, parseLines, type ValidationLine } from "@foley-control/train";
import { prepareDataset, trainBridge } from "@foley-control/train/node";
import { backbone, denoiser, encoder } from "./denoiser.js";

const [STEPS, BATCH] = [160, 8];
const SCENES = { scenes: 32, heldOut: 16, classes: ["strike", "bounce", "footsteps"] } as const; // what denoiser.onnx was trained on

function claim(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`This does not hold: ${sentence}`);
  console.log(`✓ ${sentence}`);
}

await using runtime = nodeRuntime({ device: "cpu" });

// 1. Does it keep the contract, and does a bridge find its places? The suites say so for any denoiser and any bridge, among other things
// that a fresh bridge leaves the denoiser as it was, to the last bit.
const [site] = denoiser.sites(1);
console.log(
  `${denoiser.id}: ${denoiser.blocks} sites, ${site?.width} wide, ${site?.heads} heads, ${site?.prefixTokens} rows in front`,
);
const checks = [
  ...testDenoiser(() => denoiser),
  ...testBridge(() => ({ bridge: freshBridge(bridgeConfig(backbone, encoder), 1), denoiser }), {
    tokenWidth: encoder.tokenWidth,
  }),
];
for (const check of checks) await check.run(runtime);
claim(checks.length > 0, `denoiser and bridge keep their contracts (${checks.length} checks)`);

// 2. Scenes, seen by the encoder and heard by the backbone: some to learn from, others to judge by. Videos are prepared in the same way.
await prepareDataset(runtime, { source: SCENES, directory: "out/features", parts: { backbone, encoder }, rules: [] });

// 3. The bridge, trained in the denoiser's own loss. Everything else is frozen.
const directory = "out/bridge";
const { file } = await trainBridge(runtime, {
  backbone,
  data: "out/features",
  directory,
  plan: {
    steps: STEPS,
    batch: BATCH,
    learningRate: { kind: "constant", peak: 1e-3, warmUp: 10 },
    adapterHidden: 64,
    drop: { text: 0.1, clips: 0.1, tokens: 0 },
    times: { kind: "logit-normal", mean: 1.2, deviation: 1.3 }, // where there is much noise it is decided when things sound
  },
  validateEvery: STEPS,
});
const judged = parseLines<ValidationLine>(await readFile(`${directory}/${LOG_FILES.validations}`, "utf8"));
const [before = Number.NaN, after = Number.NaN] = judged.map(({ average }) => average.at(-1) ?? Number.NaN);
console.log(`held-out loss at the time ${judged[0]?.times.at(-1)}: ${before.toFixed(4)} before, ${after.toFixed(4)} after`);
claim(after < before, `${STEPS} steps of the bridge lower the loss on scenes that it has not seen`);

// 4. Read back from its file, and used.
const bridge = loadBridge(await readFile(file));
await using foley = await createFoley({ backbone, encoder, bridge, runtime });
const scene = renderScene(HELD_OUT_SEED + 7, { classes: SCENES.classes, imageSize: 128 });
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
