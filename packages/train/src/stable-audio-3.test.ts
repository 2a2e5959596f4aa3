/** A bridge learns in Stable Audio 3's base model, narrow, and goes onto the post-trained one. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableAudio3 } from "@foley-control/audio-backbone/node";
import { assertFits, bridgeConfig, createBridge, initialiseBridge, loadBridge, saveBridge } from "@foley-control/bridge";
import { memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { goldenModel, goldenPath, writeFormulaWeights } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bridgeLoss } from "./stages/bridge.js";
import { createTrainer } from "./trainer.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "foley-sa3-train-"));
  const table = goldenModel("sa3/sa3-tiny");
  for (const [name, objective] of [
    ["base", "rectified_flow"],
    ["tuned", "rf_denoiser"],
  ] as const) {
    const folder = join(root, name);
    await cp(goldenPath("sa3/sa3-tiny"), folder, { recursive: true });
    await writeFormulaWeights(join(folder, "model.safetensors"), table.weights, table);
    const config = JSON.parse(await readFile(join(folder, "model_config.json"), "utf8"));
    config.model.diffusion.diffusion_objective = objective;
    await writeFile(join(folder, "model_config.json"), JSON.stringify(config));
  }
});
afterAll(async () => {
  await runtime.dispose();
  await rm(root, { recursive: true, force: true });
});

test("the loss falls, and the bridge that came of it fits the post-trained model", async () => {
  const base = await stableAudio3(join(root, "base"));
  const encoder = { id: "eye", tokenWidth: 6, tokenRate: 8 };
  const config = bridgeConfig(base, encoder);
  const source = bridgeLoss(base, config, { batch: 1, frames: 6, videoTokens: 4 });
  const batch = Object.fromEntries(
    source.inputs.map(({ name = "", shape }): [string, PlainTensor<"float32">] => {
      const size = shape.reduce((product, n) => product * n, 1);
      const given: Readonly<Record<string, number>> = { textKept: 1, textAway: 0, mask: 1, secondsTotal: 0.5, time: 0.6 };
      const value = given[name];
      const data = value === undefined ? normalArray(4, [name], size) : new Float32Array(size).fill(value);
      return [name, { dtype: "float32", shape, data }];
    }),
  );
  const start = initialiseBridge(config, 2);
  const trainer = await createTrainer(runtime, source, start, {
    frozen: base.denoiser.weights,
    learningRate: () => 3e-2,
    optimiser: { weightDecay: 0 },
  });
  const first = (await trainer.advance(batch)).loss;
  for (let i = 0; i < 12; i++) await trainer.advance(batch);
  expect((await trainer.advance(batch)).loss).toBeLessThan(0.9 * first);
  const learned = await trainer.parameters("raw");
  await trainer.dispose();
  expect(Object.keys(learned).filter((name) => learned[name]?.data.some((value, i) => value !== start[name]?.data[i]))).toEqual(
    Object.keys(learned),
  );
  const bridge = loadBridge(saveBridge(createBridge(config, memoryParameters(learned))));
  expect(() => assertFits(bridge, base, encoder)).not.toThrow();
  const tuned = await stableAudio3(join(root, "tuned"));
  expect(tuned.sampling?.(70)?.steps).toBe(8);
  expect(() => assertFits(bridge, tuned, encoder)).not.toThrow();
});
