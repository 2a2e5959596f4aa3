/** Samples of a training are what the pipeline makes of the same clip with the same bridge. */

import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBridge } from "@foley-control/bridge";
import { float16ToFloat32, memoryParameters, type PlainTensor } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { loadMini, writeUntrainedMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pipelineSamples, sceneClips, videoClips } from "./samples.js";

const clip = goldenPath("clips/h264-aac.mp4");
const { signal } = new AbortController();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-samples-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("the sound of a clip equals that of the pipeline, to the bit", async () => {
  const model = join(folder, "model");
  await writeUntrainedMini(model, { vocabulary: CAPTION_VOCABULARY });
  const { backbone, encoder, bridge } = await loadMini({ directory: model });
  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const run = join(folder, "run");
  await mkdir(run);
  const clips = (await videoClips([clip], 12, signal)).map((each) => ({ ...each, prompt: "a drip" }));
  const make = pipelineSamples(runtime, { backbone, encoder }, run, clips);
  const file = await openSafetensors(join(model, "bridge.safetensors"));
  const tensors: Record<string, PlainTensor> = {};
  for (const name of file.names()) {
    const { shape, data } = await file.read(name);
    tensors[name] = { dtype: "float32", shape, data: float16ToFloat32(data as Uint16Array) };
  }
  const trained = createBridge(bridge.config as never, memoryParameters(tensors));
  const [sample] = await make(trained, { step: 3 });
  await using foley = await createFoley({ model, runtime });
  const take = await foley.generate({ video: clip, prompt: "a drip", seed: 0 });
  expect(sample?.sampleRate).toBe(take.sampleRate);
  expect(sample?.channels).toEqual(take.pcm({ sampleRate: "native" }).channels);
  expect(sample).toMatchObject({ name: "h264-aac.mp4", prompt: "a drip", truth: clips[0]?.truth });
});

it("scenes are held out, of every class that strikes, with the times of their contacts", async () => {
  const clips = await sceneClips(join(folder, "clips"), signal);
  expect(clips.map(({ name }) => name.split(" ")[0])).toEqual([
    "bounce",
    "strike",
    "collide",
    "footsteps",
    "drip",
    "scatter",
    "tick",
    "bounce",
  ]);
  for (const { truth } of clips) expect(truth?.length).toBeGreaterThan(0);
});

it("videos bring their prompt in a file beside them and their truth in their sound", async () => {
  const [bare] = await videoClips([clip], 12, signal);
  expect(bare).toMatchObject({ prompt: "", truth: expect.any(Array) });
  expect(bare?.duration).toBeGreaterThan(0.5);
  const copy = join(folder, "copy.mp4");
  await copyFile(clip, copy);
  await writeFile(join(folder, "copy.txt"), "a door\n");
  expect((await videoClips([copy], 12, signal))[0]?.prompt).toBe("a door");
});
