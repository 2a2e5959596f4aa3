/** The whole training of the small model, every stage for a step or two: what one makes the next one takes, stopped and gone on with. */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadMini, packMini } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { motionEncoder } from "@foley-control/video-encoder";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseRule } from "../../data/rules.js";
import { parseLines, type ValidationLine } from "../../log/lines.js";
import { prepareDataset } from "../prepare/prepare.js";
import { prepareTiny } from "../prepare/prepare.test-support.js";
import { DEFAULT_PLAN, type TrainingPlan } from "./plan.js";
import { runStage } from "./run.js";
import { STAGES, stageBackbone, stageWeights } from "./stage.js";

// Networks of the real size, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
let directory = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-stages-"));
  directory = join(folder, "training");
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const plan: TrainingPlan = {
  ...DEFAULT_PLAN,
  components: { clips: 16 },
  codec: { steps: 1, batch: 1, frames: 4, peak: 1e-3 },
  videoEncoder: { steps: 1, batch: 1, peak: 1e-3, pool: 2, validation: { every: 1, scenes: 1 } },
  dataset: { scenes: 4, shard: 2 },
  validation: { scenes: 2, every: 1, samplesEvery: 1 },
  denoiser: { steps: 2, batch: 2, peak: 1e-3, stretches: 8 },
  bridge: { steps: 2, batch: 2, adapterHidden: 8 },
};
const validations = async (stage: string, in_ = directory) =>
  parseLines<ValidationLine>(await readFile(join(in_, stage, "validation.jsonl"), "utf8"));

test("every stage takes what those before made; the last is packed and opened", async () => {
  for (const stage of STAGES) {
    const stop = new AbortController();
    const stopped = await runStage(stage, runtime, { directory, plan, signal: stop.signal, onProgress: () => stop.abort() });
    // Those that report before their end are stopped there, and go on.
    if (!stopped) expect(await runStage(stage, runtime, { directory, plan }), stage).toBe(true);
  }
  for (const stage of ["denoiser", "bridge"]) {
    const lines = await validations(stage);
    expect(lines.map(({ step, clips, times }) => [step, clips, times.length])).toEqual([0, 1, 2].map((step) => [step, 2, 5]));
    expect(lines[2]?.average).not.toEqual(lines[0]?.average);
  }
  // As many scenes as were asked for.
  expect((await validations("video-encoder")).map(({ step, clips }) => [step, clips])).toEqual([0, 1].map((step) => [step, 1]));
  await packMini(directory, join(folder, "model"));
  const { bridge, card } = await loadMini({ directory: join(folder, "model") });
  expect(bridge.config).toMatchObject({ adapterHidden: 8, encoder: "foley-control/motion-encoder@1" });
  expect(card.training["bridge"]).toMatchObject({ steps: 2 });
});

test("what a denoiser hands on may be in part what it began with", async () => {
  const kept = join(folder, "kept");
  await cp(join(directory, "components"), join(kept, "components"), { recursive: true });
  const start = join(folder, "model");
  const all = { ...plan, denoiser: { ...plan.denoiser, steps: 1, keptOfStart: 1 } };
  expect(await runStage("denoiser", runtime, { directory: kept, plan: all, start })).toBe(true);
  const beyond = { ...plan, denoiser: { ...plan.denoiser, keptOfStart: 1.5 } };
  await expect(runStage("denoiser", runtime, { directory: kept, plan: beyond, start })).rejects.toThrow(/keptOfStart is 1.5/);
  const [before, { tensors }] = [await stageWeights(directory, "denoiser"), await stageWeights(kept, "denoiser")];
  // The model is packed in float16.
  for (const [name, { data }] of Object.entries(tensors))
    for (const [i, value] of data.entries())
      if (Math.abs(value - (before.tensors[name]?.data[i] as number)) > 1e-3 * Math.max(1, Math.abs(value))) expect.fail(name);
});

test("a stage whose predecessor has not ended says which", async () => {
  await expect(runStage("bridge", runtime, { directory: join(folder, "none"), plan })).rejects.toThrow(
    /The stage "components" has not finished/,
  );
});

test("the bridge is trained on prepared clips of its parts too, judged by some of them, and not on those of others", async () => {
  const own = join(folder, "own");
  await prepareDataset(runtime, {
    source: { scenes: 24, seed: 9 },
    directory: own,
    parts: {
      encoder: motionEncoder((await stageWeights(directory, "video-encoder")).source),
      backbone: await stageBackbone(directory),
    },
    rules: [],
  });
  await rm(join(directory, "bridge"), { recursive: true });
  const prepared = { directories: [own], rules: [parseRule("loudness>-200")] };
  expect(await runStage("bridge", runtime, { directory, plan, prepared })).toBe(true);
  expect((await validations("bridge")).map(({ clips }) => clips)).toEqual([1, 1, 1]);
  const { metadata } = await openSafetensors(join(directory, "bridge", "bridge.safetensors"));
  expect(JSON.parse(metadata["training"] as string)).toMatchObject({ clips: 23, heldOut: 1, step: 2 });

  const others = join(folder, "others");
  await prepareTiny({ scenes: 2 }, others);
  const wrong = runStage("bridge", runtime, { directory, plan, prepared: { directories: [others] } });
  await expect(wrong).rejects.toThrow(/was prepared with the codec "stable-audio-open\/oobleck-3x32@1"/);
  expect(existsSync(join(directory, "bridge", "log.jsonl"))).toBe(true);
});
