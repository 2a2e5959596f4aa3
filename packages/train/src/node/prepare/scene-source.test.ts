/** Scenes as a source: the same road as files, with their truth, and without any file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, memoryParameters } from "@foley-control/core";
import { nodeRuntime } from "@foley-control/runtime/node";
import { contactsOf, describeScene, renderAudio, renderScene } from "@foley-control/scenes";
import { motionEncoder } from "@foley-control/video-encoder";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HELD_OUT_SPLIT } from "../../data/clip-row.js";
import { parseRule } from "../../data/rules.js";
import { initialise } from "../../initialise.js";
import { HELD_OUT_SEED, heardAs } from "../../scene-draws.js";
import { soundSource } from "../../sound-of.js";
import { tinyEncoder } from "../../testing.js";
import { CLIP_SECONDS, prepareTiny, tinyParts } from "./prepare.test-support.js";
import { openPreparedDataset } from "./prepared-dataset.js";
import { sceneEntries } from "./scene-source.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-scenes-"));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const source = { scenes: 3, heldOut: 2, seed: 5 } as const;
const seeds = [
  ...[0, 1, 2].map((i) => createRandom(5, "dataset", i).integer(0, HELD_OUT_SEED)),
  HELD_OUT_SEED,
  HELD_OUT_SEED + 1,
];

test("rows say what is seen and heard, when, and which scenes are to judge by", async () => {
  const directory = join(folder, "rows");
  expect(await prepareTiny(source, directory)).toMatchObject({ worked: 5, counts: { prepared: 5 } });
  const dataset = await openPreparedDataset(directory);
  await dataset.close();
  const facts = dataset.clips.map(({ source: { path }, texts, split, events, seconds }) => ({
    path,
    texts,
    split,
    events,
    seconds,
  }));
  expect(facts).toEqual(
    seeds.map((seed, i) => {
      const scene = describeScene(seed, heardAs({ seed }, CLIP_SECONDS, 5));
      return {
        path: `${scene.class}/scene-${seed}`,
        texts: [scene.caption, ...scene.paraphrases],
        split: i < 3 ? undefined : HELD_OUT_SPLIT,
        events: contactsOf(scene).map(({ time }) => Math.round(time * 1e6) / 1e6),
        seconds: CLIP_SECONDS,
      };
    }),
  );
  // More of them go on with what is there; a share and a part are taken as of files.
  expect(await prepareTiny({ ...source, scenes: 4 }, directory)).toMatchObject({ worked: 1, counts: { prepared: 6 } });
  const half = await prepareTiny(source, join(folder, "half"), { share: { index: 1, count: 2 }, split: HELD_OUT_SPLIT });
  expect(half.counts.prepared).toBe(1);
});

test("features are those of rendered pictures and sound: the encoder's own preparation, its windows, the codec's rate", async () => {
  const { encoder, backbone } = tinyParts();
  const seen = new Set<string>();
  const own = {
    ...encoder,
    preprocess: ({ rgb, height, width }: { rgb: Uint8Array; height: number; width: number }) => {
      seen.add(`${height}x${width}`);
      return Float32Array.from({ length: 3 * height * width }, (_, i) => (rgb[i] as number) / 255);
    },
  };
  const directory = join(folder, "own");
  await prepareTiny(source, directory, { parts: { encoder: own, backbone } });
  expect([...seen]).toEqual(["64x64"]);
  const dataset = await openPreparedDataset(directory);
  // Each window of eight frames is a clip of its own to the encoder.
  const [seed] = seeds as [number];
  const { frames } = renderScene(seed, { seconds: CLIP_SECONDS, audio: false });
  const network = await runtime.load(encoder.graph({ frames: 8 }), encoder.weights);
  const data = Float32Array.from(frames.subarray(frames.length / 2), (byte) => byte / 255);
  const { tokens } = await network.run({ pixels: { dtype: "float32", shape: [1, 8, 3, 64, 64], data } });
  const stored = (await dataset.video([0])).subarray(4 * 12);
  for (const [i, value] of stored.entries()) expect(Math.abs(value - Number(tokens?.data[i]))).toBeLessThan(2e-3);

  const heard = renderAudio(seed, { ...heardAs({ seed }, CLIP_SECONDS, 5), sampleRate: 8000 });
  const samples = new Float32Array(2 * 8000);
  for (const channel of [0, 1]) samples.set(heard.audio, channel * 8000);
  const codec = await runtime.load(backbone.codec.encodeGraph({ frames: 250 }), backbone.codec.weights);
  const { latents } = await codec.run({ audio: { dtype: "float32", shape: [1, 2, 8000], data: samples } });
  const { mean } = await dataset.latents([0]);
  for (const [i, value] of mean.entries()) expect(Math.abs(value - Number(latents?.data[i]))).toBeLessThan(2e-3);
  await dataset.close();
});

test("an encoder that says only when is told the truth, whether or not pictures are drawn for a rule; what is only heard has no pictures", async () => {
  const { backbone } = tinyParts();
  const config = { ...tinyEncoder, imageSize: 16 };
  const bare = motionEncoder(memoryParameters({}), config);
  const encoder = motionEncoder(memoryParameters(initialise(bare.graph({ frames: bare.window }), 1)), config);
  const parts = { encoder, backbone };
  const tokens = async (name: string, more: object): Promise<ArrayLike<number>> => {
    const directory = join(folder, name);
    await prepareTiny({ ...source, heldOut: 0, ...more }, directory, { parts, ...more });
    const dataset = await openPreparedDataset(directory);
    return dataset.video([0, 1, 2]).finally(() => dataset.close());
  };
  const told = await tokens("told", {});
  expect(await tokens("ruled", { rules: [parseRule("motion>=0")] })).toEqual(told);
  const soundOf = soundSource({ seed: 5, seconds: CLIP_SECONDS, sampleRate: backbone.codec.sampleRate });
  const heard = { sounds: { training: soundOf, heldOut: soundOf } };
  expect(await tokens("heard", heard)).toEqual(told);
  expect(() => sceneEntries({ scenes: 1, ...heard }, tinyParts(), 1)).toThrow(/recordings have none/);
});

test("what cannot be is said before anything is rendered", () => {
  const parts = tinyParts();
  expect(() => sceneEntries({ scenes: -1 }, parts, 1)).toThrow(/cannot be -1 scenes/);
  const wide = { ...parts, encoder: { ...parts.encoder, imageSize: [16, 32] as const } };
  expect(() => sceneEntries({ scenes: 1 }, wide, 1)).toThrow(/16×32.*square/);
});
