/** A bridge for any backbone, from prepared clips to a file: what is trained, what is refused, what goes on. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BridgeConfig, bridgeConfig, bridgeFromSource, freshBridge, saveBridge } from "@foley-control/bridge";
import { type AudioBackbone, normalArray, type PlainTensor, type Runtime } from "@foley-control/core";
import { evaluate, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type BridgePlan, changeBridgePlan, defaultBridgePlan } from "../../bridge-plan.js";
import { bridgeLoss } from "../../stages/bridge.js";
import { readTensors } from "../checkpoint.js";
import { prepareTiny, tinyParts } from "../prepare/prepare.test-support.js";
import { openPreparedDataset, type PreparedDataset } from "../prepare/prepared-dataset.js";
import { bridgeBatches } from "./bridge-batches.js";
import { backbone, parts, plan, weights } from "./tiny-backbone.test-support.js";
import { BRIDGE_FILE, trainBridge } from "./train-bridge.js";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
let features = "";
let dataset: PreparedDataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-bridge-"));
  features = join(folder, "features");
  await prepareTiny({ scenes: 4 }, features);
  dataset = await openPreparedDataset(features);
});
afterAll(async () => {
  await dataset.close();
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});
const run = (name: string, more: Partial<Parameters<typeof trainBridge>[1]> = {}) =>
  trainBridge(runtime, { backbone, data: features, directory: join(folder, name), plan, ...more });
const bytes = (name: string) => readFile(join(folder, name, BRIDGE_FILE));

describe("a training", () => {
  test("ends with a file that fits its parts, names their weights and how it was made", async () => {
    const reports: number[] = [];
    const made = await run("whole", { provenance: { licence: "Apache-2.0" }, onProgress: ({ loss }) => reports.push(loss) });
    expect(made).toMatchObject({ ended: true, step: 8, steps: 8, clips: 4, file: join(folder, "whole", BRIDGE_FILE) });
    expect(reports.length).toBeGreaterThan(0);
    const file = await openSafetensors(made.file);
    const bridge = bridgeFromSource(file, file.metadata);
    expect(bridge.config).toMatchObject({ backbone: "tiny/backbone@1", encoder: parts.encoder.id, adapterHidden: 8 });
    expect(bridge.config).toEqual(made.config);
    expect(file.metadata["licence"]).toBe("Apache-2.0");
    const { manifest } = dataset;
    expect(JSON.parse(file.metadata["digests"] as string)).toEqual({
      backbone: expect.stringMatching(/^[0-9a-f]{64}$/),
      encoder: manifest.video.digest,
      codec: manifest.audio.digest,
      text: manifest.text.digest,
    });
    expect(JSON.parse(file.metadata["training"] as string)).toMatchObject({ step: 8, clips: 4, plan: { times: "sobol" } });
    const { tensors } = await readTensors(made.file);
    expect(Object.keys(tensors).sort()).toEqual(bridge.parameters.map(({ name }) => name).sort());
    for (const [name, { data }] of Object.entries(tensors))
      if (name.endsWith("to_out.weight"))
        expect(
          data.some((value) => value !== 0),
          name,
        ).toBe(true);
  });

  test("stopped and run again, it is the one that ran through, bit for bit; resume wants something to resume", async () => {
    const stop = new AbortController();
    let steps = 0;
    const counted = <Args extends unknown[], R>(work: (...args: Args) => R) => {
      return (...args: Args): R => {
        if (++steps === 3) stop.abort();
        return work(...args);
      };
    };
    const stopping: Runtime = {
      ...runtime,
      async load(...args) {
        const loaded = await runtime.load(...args);
        return { ...loaded, run: counted(loaded.run), runOnDevice: counted(loaded.runOnDevice) };
      },
    };
    const options = { backbone, data: features, directory: join(folder, "parts"), plan };
    const stopped = await trainBridge(stopping, { ...options, signal: stop.signal });
    expect(stopped).toMatchObject({ ended: false, steps: 8 });
    expect(stopped.step).toBeLessThan(8);
    expect((await bytes("parts")).length).toBeGreaterThan(1000);
    expect(await run("parts", { resume: true })).toMatchObject({ ended: true, step: 8 });
    await run("through");
    expect(await bytes("parts")).toEqual(await bytes("through"));
    await expect(run("nothing", { resume: true })).rejects.toThrow(/nothing to resume in .*nothing/);
  });

  test("a longer plan goes on where steps do not decide the learning rate, and is refused where they do", async () => {
    const inverse: Partial<BridgePlan> = { ...plan, learningRate: { kind: "inverse", peak: 5e-3 } };
    await run("long", { plan: { ...inverse, steps: 4 } });
    expect(await run("long", { plan: { ...inverse, steps: 6 }, resume: true })).toMatchObject({ step: 6, ended: true });
    await run("straight", { plan: { ...inverse, steps: 6 } });
    const { tensors: longer } = await readTensors(join(folder, "long", BRIDGE_FILE));
    const { tensors: straight } = await readTensors(join(folder, "straight", BRIDGE_FILE));
    expect(longer).toEqual(straight);
    await expect(run("whole", { plan: { ...plan, steps: 9 } })).rejects.toMatchObject({
      code: "bad-weights",
      hint: expect.stringMatching(/plan\.steps 8, this run has 9/),
    });
  });

  test("in parts it comes to the same, to float tolerance, and a run may go on in other parts", async () => {
    await run("in-parts", { plan: { ...plan, batch: 4, steps: 4 }, microBatch: 1 });
    await run("at-once", { plan: { ...plan, batch: 4, steps: 4 } });
    const [{ tensors: parts }, { tensors: whole }] = (await Promise.all(
      ["in-parts", "at-once"].map((name) => readTensors(join(folder, name, BRIDGE_FILE))),
    )) as [Awaited<ReturnType<typeof readTensors>>, Awaited<ReturnType<typeof readTensors>>];
    for (const [name, { data }] of Object.entries(whole))
      expect(Math.max(...data.map((value, i) => Math.abs(value - (parts[name]?.data[i] as number)))), name).toBeLessThan(1e-5);
    expect(await run("in-parts", { plan: { ...plan, batch: 4, steps: 4 }, microBatch: 2, resume: true })).toMatchObject({
      step: 4,
    });
    await expect(run("none", { plan: { ...plan, batch: 4 }, microBatch: 3 })).rejects.toThrow(
      /4 clips cannot be computed 3 at a time/,
    );
  });

  test("clips that are held out are judged by, and not trained on", async () => {
    const made = await run("judged", { heldOut: 2, validateEvery: 4 });
    expect(made).toMatchObject({ clips: 2, heldOut: 2 });
    const lines = (await readFile(join(folder, "judged", "validation.jsonl"), "utf8")).trim().split("\n");
    const steps = lines.map((line) => JSON.parse(line) as { step: number; clips: number; average: number[] });
    expect(steps.map(({ step, clips }) => [step, clips])).toEqual([
      [0, 2],
      [4, 2],
      [8, 2],
    ]);
    expect(steps[2]?.average).not.toEqual(steps[0]?.average);
    await expect(run("none", { heldOut: 4 })).rejects.toThrow(/4 of 4 clips cannot be held out/);
  });

  test("starts from a bridge of the same parts, and from no other", async () => {
    const start = join(folder, "whole", BRIDGE_FILE);
    await run("from", { start, plan: { ...plan, steps: 1, learningRate: { kind: "inverse", peak: 1e-12 } } });
    const [{ tensors: before }, { tensors: after }] = await Promise.all([
      readTensors(start),
      readTensors(join(folder, "from", BRIDGE_FILE)),
    ]);
    for (const [name, { data }] of Object.entries(before))
      expect(Math.max(...data.map((value, i) => Math.abs(value - (after[name]?.data[i] as number)))), name).toBeLessThan(1e-9);
    const write = async (name: string, change: Partial<BridgeConfig>) => {
      const config = { ...bridgeConfig(backbone, parts.encoder, { adapterHidden: 8 }), ...change };
      const path = join(folder, name);
      await writeSafetensorsFile(path, before, { config: JSON.stringify(config) });
      return path;
    };
    await expect(run("other", { start: await write("a.safetensors", { backbone: "other@1" }) })).rejects.toThrow(
      /trained for the backbone "other@1", but "tiny\/backbone@1" was given/,
    );
    await expect(run("other", { start: await write("b.safetensors", { encoder: "eye@1" }) })).rejects.toThrow(
      /video encoder "eye@1"/,
    );
    await expect(run("other", { start: await write("c.safetensors", { positions: "index" }) })).rejects.toThrow(
      /positions "index"; the plan says "seconds"/,
    );
    await expect(
      run("from", { plan: { ...plan, steps: 1, learningRate: { kind: "inverse", peak: 1e-12 } } }),
    ).rejects.toMatchObject({
      hint: expect.stringMatching(/start .*, this run has unset/),
    });
  });

  test("refuses features of other parts, by name and by what the weights are", async () => {
    const refused = (change: Partial<AudioBackbone>, message: RegExp) =>
      expect(run("wrong", { backbone: { ...backbone, ...change } })).rejects.toThrow(message);
    await refused(
      { codec: { ...backbone.codec, id: "codec@2" } },
      /prepared with the codec ".*"; the backbone "tiny\/backbone@1" has "codec@2"/,
    );
    await refused({ text: { ...backbone.text, id: "words@2" } }, /prepared with the text encoder/);
    await refused({ codec: tinyParts(2).backbone.codec }, /prepared with the weights of the codec "[0-9a-f]{12}…"/);
    await refused({ text: tinyParts(2).backbone.text }, /prepared with the weights of the text encoder/);
  });
});

describe("the loss", () => {
  const config = bridgeConfig(backbone, parts.encoder, { adapterHidden: 8 });
  test("of a fresh bridge is that without one; of an open bridge it is not, unless the clip is dropped", async () => {
    const [batch, frames, videoTokens] = [2, dataset.manifest.audio.frames, dataset.manifest.video.tokens];
    const loss = bridgeLoss(backbone, config, { batch, frames, videoTokens });
    const tensors = (seed: number): Record<string, PlainTensor> => {
      const bridge = freshBridge(config, seed);
      return Object.fromEntries(
        bridge.parameters.map(({ name, shape }) => [name, { dtype: "float32", shape, data: floats(bridge.weights.get(name)) }]),
      );
    };
    const frozen = Object.fromEntries(
      [...parametersOf(loss).keys()].flatMap((name) => (weights.get(name) ? [[name, floats(weights.get(name))]] : [])),
    );
    const drawn = await bridgeBatches(
      { dataset },
      backbone,
      changeBridgePlan(defaultBridgePlan(backbone), { ...plan, drop: { text: 0, clips: 0, tokens: 0 } }),
    ).batch(0);
    const lossOf = (bridge: Record<string, PlainTensor>, blind: boolean) => {
      const feeds: Record<string, ArrayLike<number>> = { ...frozen };
      for (const [name, { data }] of Object.entries({ ...bridge, ...drawn })) feeds[name] = data as Float32Array;
      if (blind) feeds["video"] = new Float32Array((drawn["video"] as PlainTensor<"float32">).data.length);
      return evaluate(loss, feeds as never)["loss"]?.data[0] as number;
    };
    const open = tensors(1);
    for (const [name, tensor] of Object.entries(open))
      if (name.endsWith("to_out.weight")) open[name] = { ...tensor, data: normalArray(4, [name], tensor.data.length) };
    expect(lossOf(tensors(1), false)).toBe(lossOf(tensors(2), true));
    expect(lossOf(open, true)).toBe(lossOf(tensors(1), true));
    expect(Math.abs(lossOf(open, false) - lossOf(tensors(1), true))).toBeGreaterThan(1e-4);
  });
});

test("a plan is checked where it is made", () => {
  const change = (changes: object) => () => changeBridgePlan(defaultBridgePlan(backbone), changes);
  for (const [changes, message] of [
    [{ steps: 0 }, /"steps" is 0/],
    [{ batch: 1.5 }, /"batch" is 1\.5/],
    [{ drop: { text: 2 } }, /"drop\.text" is 2/],
    [{ drop: { sound: 0.1 } }, /"drop\.sound" is no entry/],
    [{ adapter: "none" }, /"adapter" is "none"/],
    [{ positions: "rows" }, /"positions" is "rows"/],
    [{ average: 0.9 }, /average\.kind is undefined/],
    [{ learningRate: { kind: "cosine", peak: -1 } }, /learningRate\.peak is -1/],
    [{ pace: 1 }, /"pace" is no entry/],
  ] as const)
    expect(change(changes)).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) }),
    );
  expect(change({ drop: { text: 0.5 } })().drop).toEqual({ text: 0.5, clips: 0.1, tokens: 0.1 });
});

test("starts from what saveBridge wrote", async () => {
  const config = bridgeConfig(backbone, parts.encoder, { adapterHidden: 8 });
  const path = join(folder, "saved.safetensors");
  await writeFile(path, saveBridge(freshBridge(config, 1)));
  expect((await run("saved", { start: path, plan: { ...plan, steps: 1 } })).config).toEqual(config);
});

function floats(stored: ReturnType<typeof weights.get>): Float32Array {
  if (stored?.bytes.kind !== "memory") throw new Error("These weights lie in memory.");
  const { bytes: raw } = stored.bytes;
  return new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
}
