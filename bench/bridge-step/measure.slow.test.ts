/** A bridge's step in Stable Audio Open at its real width, two blocks of it, with weights made by a formula in a file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableAudioBackbone } from "@foley-control/audio-backbone";
import { bridgeConfig, bridgeParameters, initialiseBridge } from "@foley-control/bridge";
import { memoryParameters, mergeParameters, type ParameterSource, type PlainTensor, type Shape } from "@foley-control/core";
import { flopsOf, input, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { bridgeLoss, diffusionLoss, gradientStep, parameterLayout } from "@foley-control/train";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { releaseConfig, releaseTable, releaseText, writeTensors } from "../shared/release.js";
import { madeUp, measureBridgeStep, memoryOf, type TrainedIn, VJEPA2_LARGE } from "./measure.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const [DEPTH, LATENTS] = [2, 12];
let folder: string;
let backbone: TrainedIn;

/** Weights that are asked for their shapes alone: autoencoder and T5 have no part in a step. */
const shapesOf = (table: Readonly<Record<string, { readonly shape: Shape }>>): ParameterSource => ({
  names: () => Object.keys(table),
  get: (name) =>
    table[name] && { dtype: "float32", shape: table[name].shape, bytes: { kind: "memory", bytes: new Uint8Array() } },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-real-width-"));
  const entries = Object.entries(releaseTable(DEPTH));
  const isRead = ([name]: readonly [string, unknown]) => /^(model|conditioner)\./.test(name);
  await writeTensors(join(folder, "model.safetensors"), Object.fromEntries(entries.filter(isRead)));
  const read = await openSafetensors(join(folder, "model.safetensors"));
  const rest = shapesOf(Object.fromEntries(entries.filter((entry) => !isRead(entry))));
  const { table, ...text } = releaseText();
  backbone = stableAudioBackbone({
    config: releaseConfig(DEPTH),
    weights: mergeParameters(read, rest),
    t5: { ...text, weights: shapesOf(table) },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("it is as wide as the release: the numbers of its bridge are those of 24 blocks by twelve", () => {
  const config = bridgeConfig(backbone, VJEPA2_LARGE);
  expect(config).toMatchObject({ blocks: DEPTH, width: 1536, headWidth: 64, tokenWidth: 1024, adapterHidden: 2048 });
  const count = bridgeParameters(config).reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
  expect((count * 24) / DEPTH).toBe(289_542_144);
});

test("gradients are those of the bridge alone; a fresh one leaves the loss as it was; the frozen weights are not copied", async () => {
  const config = bridgeConfig(backbone, VJEPA2_LARGE);
  const start = initialiseBridge(config, 1);
  const loss = bridgeLoss(backbone, config, { batch: 1, frames: LATENTS, videoTokens: 5 });
  const step = gradientStep(loss, parameterLayout(loss, Object.keys(start)));
  const frozen = [...parametersOf(step).values()];
  expect(frozen.map(({ name = "" }) => name).filter((name) => name in start)).toEqual([]);
  // The way back costs about as much as the way there: frozen weights have no gradients. A training of everything costs three times.
  expect(flopsOf(step) / flopsOf(loss)).toBeLessThan(2.5);

  await using runtime = nodeRuntime({ device: "cpu", threads: 2, worker: false });
  const given = madeUp(loss);
  const megabytes = frozen.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, n) => product * n, 1), 0) / 2 ** 20;
  expect(megabytes).toBeGreaterThan(300);
  const before = memoryOf("RssAnon");
  const executable = await runtime.load(step, backbone.weights);
  const held = memoryOf("RssAnon") - before;
  await executable.dispose();
  expect(held, "MB held for the loaded step").toBeLessThan(megabytes / 4);

  const video = input("video", [1, 5, config.tokenWidth]);
  const plain = diffusionLoss(backbone.denoiser, { batch: 1, frames: LATENTS, extraInputs: [video] });
  await using condition = await runtime.load(backbone.conditionGraph({ frames: 1 }), backbone.weights);
  const taken = (names: readonly (string | undefined)[]) =>
    Object.fromEntries(names.map((name = "") => [name, given[name] as PlainTensor]));
  const conditions = await condition.run(taken(backbone.conditionGraph({ frames: 1 }).inputs.map(({ name }) => name)));
  await using alone = await runtime.load(plain, backbone.weights);
  await using bridged = await runtime.load(loss, mergeParameters(backbone.weights, memoryParameters(start)));
  const { loss: without } = await alone.run({ ...taken(["latents", "noise", "time", "video"]), ...conditions });
  const { loss: fresh } = await bridged.run(given);
  expect(fresh?.data[0]).toBe(without?.data[0]);
});

test("the loss falls over a few steps, in one part and in two", async () => {
  const options = { latents: LATENTS, adapter: "shared", steps: 2, threads: 2 } as const;
  const whole = await measureBridgeStep(backbone, { ...options, batch: 1, parts: 1 });
  expect(whole.losses[1]).toBeLessThan(0.9999 * (whole.losses[0] as number));
  const parts = await measureBridgeStep(backbone, { ...options, batch: 2, parts: 2 });
  expect(parts.losses[1]).toBeLessThan(0.9999 * (parts.losses[0] as number));
});
