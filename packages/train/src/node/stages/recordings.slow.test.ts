/** The stages that hear, with a folder of recordings: from the sounds to the packed model's words and names of makers. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normalArray } from "@foley-control/core";
import { encodeFlac } from "@foley-control/media";
import { miniDirectory } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openPreparedDataset } from "../prepare/prepared-dataset.js";
import { DEFAULT_PLAN, type TrainingPlan } from "./plan.js";
import { runStage } from "./run.js";
import { STAGES, stageBackbone, stageConfig, stageWeights } from "./stage.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
let recordings = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-heard-"));
  recordings = join(folder, "recordings");
  await mkdir(recordings);
  const index = [];
  for (const [i, cls] of ["typing", "typing", "typing", "waves"].entries()) {
    const file = `${i}.flac`;
    const seconds = cls === "waves" ? 5 : 0.2;
    const samples = normalArray(i, ["sound"], seconds * 24_000).map((value, k) => 0.1 * value * Math.exp(-k / 24_000 / seconds));
    await writeFile(join(recordings, file), await encodeFlac({ sampleRate: 24_000, channels: [samples] }));
    index.push({ file, cls, label: `${cls} zyx`, licence: "CC BY 3.0", author: `maker ${i}`, source: `source ${i}`, seconds });
  }
  await writeFile(join(recordings, "index.json"), JSON.stringify(index));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

test("codec, denoiser and bridge hear them, the model knows their words, and their makers are named", async () => {
  const plan: TrainingPlan = {
    ...DEFAULT_PLAN,
    sounds: { voiced: 0, recorded: 1 },
    components: { clips: 8 },
    codec: { steps: 1, batch: 1, frames: 4, peak: 1e-3 },
    validation: { scenes: 2, every: 1, samplesEvery: 1 },
    denoiser: { steps: 1, batch: 2, peak: 1e-3 },
    videoEncoder: { steps: 1, batch: 1, peak: 1e-3, pool: 1, validation: { every: 1, scenes: 1 } },
    dataset: { scenes: 4, shard: 2 },
    bridge: { steps: 1, batch: 2, adapterHidden: 8 },
  };
  const [heard, alone] = [join(folder, "heard"), join(folder, "alone")];
  for (const stage of STAGES)
    expect(await runStage(stage, runtime, { directory: heard, plan, recordings, start: miniDirectory() })).toBe(true);
  const { text } = await stageConfig(heard);
  for (const word of [...CAPTION_VOCABULARY, "keyboard", "ocean", "zyx"]) expect(text.vocabulary).toContain(word);
  expect((await stageBackbone(heard)).unknownWords?.("zyx keyboard of an opera")).toEqual(["opera"]);
  const named = await readFile(join(heard, "denoiser", "ATTRIBUTION.md"), "utf8");
  expect(named.split("\n").filter((line) => line.includes("CC BY 3.0"))).toHaveLength(3);
  expect(named).toContain("| maker 3 | waves zyx | CC BY 3.0 | source 3 |");

  // The bridge learns from the same sounds, by their exact events.
  const { clips } = await openPreparedDataset(join(heard, "features")).then((dataset) => dataset.close().then(() => dataset));
  expect(clips.map(({ source: { path } }) => path.startsWith("heard/clip-"))).toEqual(new Array(6).fill(true));
  expect(clips.some(({ events }) => (events?.length ?? 0) > 0)).toBe(true);

  await runStage("components", runtime, { directory: alone, plan });
  const mean = async (directory: string) => (await stageWeights(directory, "components")).tensors["codec.mean"]?.data;
  expect(await mean(alone)).not.toEqual(await mean(heard));
  expect(existsSync(join(alone, "components", "ATTRIBUTION.md"))).toBe(false);
});
