/** The prepared dataset: shards that are there are kept, what is missing is made, and nothing depends on how it was cut. */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallCodecEncodeGraph, wordTokeniser } from "@foley-control/audio-backbone";
import { createRandom, memoryParameters } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initialise } from "../initialise.js";
import { tinyBackbone } from "../testing.js";
import { datasetSound, normalisedPixels, openDataset, prepareLatents } from "./dataset.js";

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

test("pixels are normalised per colour and go to planes", () => {
  const into = new Float32Array(2 * 3 * 2);
  const bytes = Uint8Array.of(0, 51, 255, 255, 0, 102, 10, 20, 30, 40, 50, 60);
  normalisedPixels(bytes, [1, 2], { mean: [0.5, 0, 1], std: [0.25, 1, 0.5] }, into);
  const expected = [0, 255, 51, 0, 255, 102, 10, 40, 20, 50, 30, 60].map((byte, i) => {
    const channel = Math.floor(i / 2) % 3;
    return (byte / 255 - ([0.5, 0, 1][channel] as number)) / ([0.25, 1, 0.5][channel] as number);
  });
  for (const [i, value] of expected.entries()) expect(into[i]).toBeCloseTo(value, 5);
});
