/** The prepared dataset: shards that are there are kept, what is missing is made, and nothing depends on how it was cut. */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallCodecEncodeGraph, wordTokeniser } from "@foley-control/audio-backbone";
import { createRandom, memoryParameters } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene } from "@foley-control/scenes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initialise } from "../initialise.js";
import { HELD_OUT_SEED } from "../scene-batches.js";
import { tinyBackbone } from "../testing.js";
import { datasetSound, openDataset, prepareLatents, prepareVideoTokens } from "./dataset.js";
import { tinyParts } from "./prepare/prepare.test-support.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-dataset-"));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const { codec } = tinyBackbone;
const frames = 8;
const bare = smallCodecEncodeGraph(codec, frames, 1);
const weights = initialise(bare, 1);
for (const name of parametersOf(bare).keys()) if (name.endsWith("scale")) weights[name]?.data.fill(1);

const prepare = (directory: string, scenes: number, signal?: AbortSignal, onProgress?: (done: number) => void) =>
  prepareLatents(runtime, {
    directory,
    seed: 5,
    scenes,
    shard: 9,
    seconds: 1,
    sampleRate: codec.sampleRate,
    encodeGraph: (batch) => smallCodecEncodeGraph(codec, frames, batch),
    codec: memoryParameters(weights),
    samples: frames * codec.framesPerLatent * codec.frameHop,
    tokenise: (text) => wordTokeniser(["a", "wooden", "ball"], 3).encode(text),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });

test("an interrupted preparation keeps its finished shards and ends with the same files", async () => {
  const [straight, resumed] = [join(folder, "straight"), join(folder, "resumed")];
  expect(await prepare(straight, 12)).toBe(true);
  const controller = new AbortController();
  const stopped = await prepare(resumed, 12, controller.signal, (done) => {
    if (done >= 9) controller.abort();
  });
  expect(stopped).toBe(false);
  expect(await readdir(resumed)).toEqual(["latents-0000.safetensors"]);
  const written = (await stat(join(resumed, "latents-0000.safetensors"))).mtimeMs;
  expect(await prepare(resumed, 12)).toBe(true);
  expect((await stat(join(resumed, "latents-0000.safetensors"))).mtimeMs).toBe(written);
  const files = await readdir(straight);
  expect(files).toEqual(["latents-0000.safetensors", "latents-0001.safetensors"]);
  for (const file of files) expect(await readFile(join(resumed, file))).toEqual(await readFile(join(straight, file)));

  const dataset = await openDataset(straight);
  expect(dataset.count).toBe(12);
  const draw = (row: number) => createRandom(1, "caption", row);
  const { latents, ids, mask } = dataset.rows([0, 11, 0], draw);
  const size = latents.length / 3;
  expect(latents.subarray(0, size)).toEqual(latents.subarray(2 * size));
  expect(latents.subarray(0, size)).not.toEqual(latents.subarray(size, 2 * size));
  expect([ids.length, mask.length]).toEqual([9, 9]);
  expect(() => dataset.video([0])).toThrow(/foley train video-tokens/);
});

test("a folder without a dataset is named", async () => {
  await expect(openDataset(join(folder, "nothing"))).rejects.toThrow(/nothing.*foley train latents/);
});

test("a scene's sound depends on the seed and its place alone", () => {
  const options = { seed: 5, seconds: 1, sampleRate: 8000 };
  expect(datasetSound(options, 3).audio).toEqual(datasetSound(options, 3).audio);
  expect(datasetSound(options, 4).audio).not.toEqual(datasetSound(options, 3).audio);
  expect(datasetSound({ ...options, seed: 6 }, 3).audio).not.toEqual(datasetSound(options, 3).audio);
});

test("video tokens are made as those of files: the encoder's own preparation, its windows", async () => {
  const { encoder } = tinyParts();
  const seen = new Set<string>();
  const own = {
    ...encoder,
    preprocess: ({ rgb, height, width }: { rgb: Uint8Array; height: number; width: number }) => {
      seen.add(`${height}x${width}`);
      return Float32Array.from({ length: 3 * height * width }, (_, i) => (rgb[i] as number) / 255);
    },
  };
  const directory = join(folder, "straight");
  const options = { directory, seed: 5, scenes: 12, shard: 9, seconds: 1 };
  expect(await prepareVideoTokens(runtime, { ...options, sampleRate: codec.sampleRate, encoder: own })).toBe(true);
  expect([...seen]).toEqual(["64x64"]);
  const dataset = await openDataset(directory);
  expect(dataset.videoTokens).toBe(8);
  // Each window of eight frames is a clip of its own to the encoder.
  const frames = renderScene(createRandom(5, "dataset", 11).integer(0, HELD_OUT_SEED), { seconds: 1, audio: false }).frames;
  const executable = await runtime.load(encoder.graph({ frames: 8 }), encoder.weights);
  const half = frames.length / 2;
  const data = Float32Array.from(frames.subarray(half), (byte) => byte / 255);
  const { tokens } = await executable.run({ pixels: { dtype: "float32", shape: [1, 8, 3, 64, 64], data } });
  const stored = dataset.video([11]).subarray(4 * 12);
  for (const [i, value] of stored.entries()) expect(Math.abs(value - Number(tokens?.data[i]))).toBeLessThan(2e-3);
});
