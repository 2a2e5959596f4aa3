/** Batches from prepared shards, and a bridge that is trained on them. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallBackbone, smallCodecEncodeGraph } from "@foley-control/audio-backbone";
import { initialiseBridge } from "@foley-control/bridge";
import { createRandom, memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { nodeRuntime } from "@foley-control/runtime/node";
import { SMALL_VIDEO_ENCODER, smallVideoEncoder } from "@foley-control/video-encoder";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseRule } from "../../data/rules.js";
import { initialise } from "../../initialise.js";
import { DEFAULT_PLAN, runStage, sceneBackboneConfig } from "../../node.js";
import { bridgeLoss } from "../../stages/bridge.js";
import { denoiserLoss } from "../../stages/denoiser.js";
import { tinyBackbone, tinyBridge } from "../../testing.js";
import { createTrainer } from "../../trainer.js";
import { runTraining } from "../loop.js";
import { prepareTiny, sceneFolder } from "./prepare.test-support.js";
import { openPreparedDataset, type PreparedDataset } from "./prepared-dataset.js";
import { trainingClips } from "./training-clips.js";

// Videos are encoded and decoded, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
let videos = "";
let dataset: PreparedDataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-batches-"));
  videos = join(folder, "videos");
  await sceneFolder(videos, 5);
  const list = join(videos, "list.jsonl");
  const lines = [1, 2, 3, 4, 5].map((seed) => ({
    video: `clip-0${seed}.mp4`,
    texts: seed === 2 ? ["a cup", "a cup falls"] : ["falls"],
  }));
  await writeFile(list, lines.map((line) => JSON.stringify(line)).join("\n"));
  await prepareTiny(list, join(folder, "features"));
  dataset = await openPreparedDataset(join(folder, "features"));
});
afterAll(async () => {
  await dataset.close();
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const draw = (step: number) => (row: number) => createRandom(3, "draw", step, row);

describe("batches", () => {
  test("every epoch holds each clip once; a batch depends on seed and step alone", async () => {
    const clips = trainingClips(dataset, 3);
    const picked = [0, 1, 2, 3, 4].flatMap((step) => clips.pick?.(step, 2) ?? []);
    expect(picked.slice(0, 5).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    expect(picked.slice(5).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    const again = trainingClips(dataset, 3);
    expect(again.pick?.(3, 2)).toEqual(picked.slice(6, 8));
    expect(await again.rows([1, 4], draw(7))).toEqual(await clips.rows([1, 4], draw(7)));
    expect((await clips.rows([1], draw(7))).latents).not.toEqual((await clips.rows([1], draw(8))).latents);
  });
  test("latents are drawn from their distribution", async () => {
    const clips = trainingClips(dataset, 3);
    const { mean, std } = await dataset.latents([2]);
    const deviation = std as Float32Array;
    const count = 400;
    const [sum, squares] = [new Float64Array(mean.length), new Float64Array(mean.length)];
    for (let step = 0; step < count; step++) {
      const { latents } = await clips.rows([2], draw(step));
      for (const [i, value] of latents.entries()) {
        const error = (value - (mean[i] as number)) / (deviation[i] as number);
        sum[i] = (sum[i] as number) + error;
        squares[i] = (squares[i] as number) + error * error;
      }
    }
    const total = count * mean.length;
    // Of 300,000 standard normal numbers.
    expect(Math.abs(sum.reduce((all, value) => all + value) / total)).toBeLessThan(0.01);
    expect(Math.abs(squares.reduce((all, value) => all + value) / total - 1)).toBeLessThan(0.02);
  });
  test("captions of a clip take turns", async () => {
    const clips = trainingClips(dataset, 3);
    const seen = new Set<string>();
    for (let step = 0; step < 20; step++) seen.add((await clips.rows([1], draw(step))).mask.join());
    expect([...seen].sort()).toEqual(["1,1,0", "1,1,1"]);
  });
});

test("a bridge is trained on prepared clips: the loss falls, and a resumed run equals a straight one bit for bit", async () => {
  const { tokenWidth } = dataset.manifest.video;
  const { channels, frames } = dataset.manifest.audio;
  const bridge = { ...tinyBridge, tokenWidth };
  const batch = 2;
  const source = bridgeLoss(tinyBackbone, bridge, batch, frames, dataset.manifest.video.tokens);
  const frozen = memoryParameters(initialise(denoiserLoss(tinyBackbone, batch, frames), 1));
  const clips = trainingClips(dataset, 5);
  const batchOf = async (step: number): Promise<Record<string, PlainTensor>> => {
    const rows = clips.pick?.(step, batch) ?? [];
    const { latents, ids, mask } = await clips.rows(rows, (row) => createRandom(5, "row", step, row));
    const shape = [batch, channels, frames];
    const { length } = dataset.manifest.text;
    return {
      latents: { dtype: "float32", shape, data: latents },
      // The same noise and time in every step, so that the loss says something.
      noise: { dtype: "float32", shape, data: normalArray(5, ["noise"], latents.length) },
      time: { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(0.5) },
      ids: { dtype: "int64", shape: [batch, length], data: ids },
      mask: { dtype: "float32", shape: [batch, length], data: mask },
      textKept: { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(1) },
      seconds: { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(1) },
      video: { dtype: "float32", shape: [batch, 8, tokenWidth], data: await clips.video(rows) },
    };
  };
  const run = async (directory: string, steps: number) => {
    const trainer = await createTrainer(runtime, source, initialiseBridge(bridge, 1), { frozen, learningRate: () => 1e-2 });
    const losses: number[] = [];
    await runTraining({
      trainer,
      steps,
      directory: join(folder, directory),
      fingerprint: "x",
      batch: batchOf,
      logEvery: 1,
      onProgress: ({ loss }) => losses.push(loss),
    });
    const parameters = await trainer.parameters("raw");
    await trainer.dispose();
    return { losses, parameters };
  };
  const straight = await run("straight", 20);
  const [first, last] = [straight.losses.slice(0, 5), straight.losses.slice(-5)].map(
    (all) => all.reduce((a, b) => a + b) / 5,
  ) as [number, number];
  expect(last).toBeLessThan(first);
  await run("resumed", 10);
  expect((await run("resumed", 20)).parameters).toEqual(straight.parameters);
});

test("the bridge stage takes prepared clips of its parts, and refuses those of others", async () => {
  const directory = join(folder, "training");
  const config = sceneBackboneConfig();
  const denoiser = initialise(denoiserLoss(config, 1, 8), 1);
  await mkdir(join(directory, "denoiser"), { recursive: true });
  await writeSafetensorsFile(join(directory, "denoiser", "weights.safetensors"), denoiser);
  const bare = memoryParameters({});
  const codec = memoryParameters(initialise(smallCodecEncodeGraph(config.codec, 8, 1), 1));
  const encoder = memoryParameters(initialise(smallVideoEncoder(bare, SMALL_VIDEO_ENCODER).graph({ frames: 64 }), 1));
  const { text, frames } = smallBackbone(memoryParameters(denoiser), config);
  const prepared = join(folder, "small");
  await prepareTiny(videos, prepared, {
    parts: { encoder: smallVideoEncoder(encoder), backbone: { codec: smallBackbone(codec, config).codec, text, frames } },
  });
  const plan = { ...DEFAULT_PLAN, bridge: { steps: 2, batch: 1, peak: 1e-3 } };
  const rules = [parseRule("motion>0")];
  expect(await runStage("bridge", runtime, { directory, plan, prepared: { directories: [prepared], rules } })).toBe(true);
  const { metadata } = await openSafetensors(join(directory, "bridge", "weights.safetensors"));
  expect(JSON.parse(metadata["config"] as string)).toMatchObject({ encoder: "foley-control/small-video-encoder@1" });
  const wrong = runStage("bridge", runtime, { directory, plan, prepared: { directories: [join(folder, "features")] } });
  await expect(wrong).rejects.toThrow(
    /was prepared with audio stable-audio-open\/oobleck-3x32@1; this training has foley-control\/small-codec@1/,
  );
});
