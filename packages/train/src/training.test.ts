/** The optimiser, the trainer and its checkpoints on miniatures, on the CPU runtime, bit for bit where promised. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bridgeParameters, initialiseBridge } from "@foley-control/bridge";
import { createRandom, type Graph, memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { decompose, evaluate, flopsOf, graph, input, ops, parameter, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradientStep } from "./gradient-step.js";
import { initialise } from "./initialise.js";
import { CHECKPOINT_FILE, restoreCheckpoint, saveCheckpoint } from "./node/checkpoint.js";
import { runTraining } from "./node/loop.js";
import { meanSquaredError } from "./objective.js";
import { parameterLayout } from "./parameter-layout.js";
import { denoiserLoss } from "./stages/denoiser.js";
import { tinyBackbone, tinyBridge, tinyBridgeLoss } from "./testing.js";
import { trainStep } from "./train-step.js";
import { createTrainer, stateNames, type Trainer } from "./trainer.js";
import { ADAMW_DEFAULTS, STATE_VECTORS, type StateVector } from "./update-step.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-train-"));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const tensor = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });
const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const hex = (state: Readonly<Record<string, PlainTensor<"float32">>>) =>
  Object.fromEntries(
    Object.entries(state).map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ]),
  );

const [BATCH, FRAMES, TOKENS] = [2, 6, 3];

/** The batch of a step; depends on nothing but the step. */
function batchOf(source: Graph, step: number): Record<string, PlainTensor> {
  return Object.fromEntries(
    source.inputs.map(({ name = "", shape, dtype }): [string, PlainTensor] => {
      const random = createRandom(9, name, step);
      const size = sizeOf(shape);
      if (dtype === "int64")
        return [name, { dtype, shape, data: BigInt64Array.from({ length: size }, () => BigInt(random.integer(0, 4))) }];
      if (name === "mask" || name === "textKept") return [name, tensor(shape, new Float32Array(size).fill(1))];
      if (name === "time")
        return [
          name,
          tensor(
            shape,
            Float32Array.from({ length: size }, () => random.uniform()),
          ),
        ];
      if (name.startsWith("seconds")) return [name, tensor(shape, new Float32Array(size).fill(name === "secondsStart" ? 0 : 4))];
      return [name, tensor(shape, normalArray(9, [name, step], size))];
    }),
  );
}

const denoiser = denoiserLoss(tinyBackbone, BATCH, FRAMES);
/** Two trainers for all tests of the denoiser, each put back to the start before it is used. */
const trainers: { readonly trainer: Trainer; readonly start: Awaited<ReturnType<Trainer["state"]>> }[] = [];
async function fresh(which: 0 | 1): Promise<Trainer> {
  if (!trainers[which]) {
    const trainer = await createTrainer(runtime, denoiser, initialise(denoiser, 1), { learningRate: () => 1e-2 });
    trainers[which] = { trainer, start: { ...(await trainer.state()) } };
  }
  const { trainer, start } = trainers[which];
  trainer.restore(0, start);
  return trainer;
}

describe("one optimiser step", () => {
  const x = input("x", [3, 4]);
  const y = input("y", [3, 2]);
  const weight = parameter("layer.weight", [4, 2]);
  const bias = parameter("layer.bias", [2]);
  const source = graph("line", [x, y], { loss: meanSquaredError(ops.add(ops.matmul(x, weight), bias), y) });

  test("three steps equal AdamW written out in plain numbers, clipping and averages included", () => {
    const options = { ...ADAMW_DEFAULTS, weightDecay: 0.1, clip: 0.5 };
    const layout = parameterLayout(source, ["layer.bias", "layer.weight"]);
    expect(layout).toMatchObject({ size: 10, matrices: 8 });
    const step = trainStep(source, layout, options);
    const state: Record<string, Float64Array> = {};
    for (const [name, size] of [
      ["layer.weight", 8],
      ["layer.bias", 2],
    ] as const) {
      const names = stateNames(name);
      state[name] = Float64Array.from(normalArray(1, [name], size));
      state[names.mean] = new Float64Array(size);
      state[names.square] = new Float64Array(size);
      state[names.average] = state[name].slice();
    }
    const plain = structuredClone(state);
    const at = (name: string, i: number) => (plain[name] as Float64Array)[i] as number;
    let clipped = 0;
    for (let k = 1; k <= 3; k++) {
      const [a, b] = [normalArray(2, ["x", k], 12), normalArray(2, ["y", k], 6)];
      const [learningRate, averageDecay] = [0.1 / k, 0.8];
      const vectorOf = (vector: StateVector) =>
        layout.entries.flatMap(({ name }) => [...(state[stateNames(name)[vector]] as Float64Array)]);
      const outputs = evaluate(step, {
        ...Object.fromEntries(STATE_VECTORS.map((vector) => [`state.${vector}`, vectorOf(vector)])),
        x: a,
        y: b,
        learningRate: [learningRate],
        averageDecay: [averageDecay],
        correction1: [1 / (1 - options.beta1 ** k)],
        correction2: [1 / (1 - options.beta2 ** k)],
      });
      for (const vector of STATE_VECTORS) {
        const { data } = outputs[`next.${vector}`] as { data: Float64Array };
        for (const { name, offset, size } of layout.entries) state[stateNames(name)[vector]] = data.slice(offset, offset + size);
      }

      const gradients: Record<string, number[]> = { "layer.weight": new Array<number>(8).fill(0), "layer.bias": [0, 0] };
      for (let row = 0; row < 3; row++)
        for (let column = 0; column < 2; column++) {
          let error = at("layer.bias", column) - (b[row * 2 + column] as number);
          for (let i = 0; i < 4; i++) error += (a[row * 4 + i] as number) * at("layer.weight", i * 2 + column);
          (gradients["layer.bias"] as number[])[column]! += (2 * error) / 6;
          for (let i = 0; i < 4; i++)
            (gradients["layer.weight"] as number[])[i * 2 + column]! += ((2 * error) / 6) * (a[row * 4 + i] as number);
        }
      const norm = Math.hypot(...Object.values(gradients).flat());
      expect(outputs["gradientNorm"]?.data[0]).toBeCloseTo(norm, 6);
      if (norm > options.clip) clipped++;
      for (const [name, values] of Object.entries(gradients)) {
        const names = stateNames(name);
        values.forEach((raw, i) => {
          const gradient = raw * Math.min(1, options.clip / (norm + 1e-6));
          const mean = options.beta1 * at(names.mean, i) + (1 - options.beta1) * gradient;
          const square = options.beta2 * at(names.square, i) + (1 - options.beta2) * gradient ** 2;
          const move = mean / (1 - options.beta1 ** k) / (Math.sqrt(square / (1 - options.beta2 ** k)) + options.epsilon);
          const decay = name.endsWith("weight") ? options.weightDecay * at(name, i) : 0;
          const next = at(name, i) - learningRate * (move + decay);
          (plain[names.mean] as Float64Array)[i] = mean;
          (plain[names.square] as Float64Array)[i] = square;
          (plain[names.average] as Float64Array)[i] = averageDecay * at(names.average, i) + (1 - averageDecay) * next;
          (plain[name] as Float64Array)[i] = next;
        });
      }
      for (const name of Object.keys(plain))
        for (let i = 0; i < (plain[name] as Float64Array).length; i++)
          // Factors in the graph are float32.
          expect(Math.abs((state[name] as Float64Array)[i]! - at(name, i)), `${name}[${i}] of step ${k}`).toBeLessThan(2e-6);
    }
    expect(clipped).toBeGreaterThan(0);
  });
});

test("a step computes the network once, and no gradient of what is frozen", () => {
  const source = tinyBridgeLoss(BATCH, FRAMES, TOKENS);
  const trained = bridgeParameters(tinyBridge).map(({ name }) => name);
  const all = [...parametersOf(source).keys()];
  const cost = (names: readonly string[]) =>
    flopsOf(gradientStep(source, parameterLayout(source, names))) / flopsOf(decompose(source));
  expect(cost(trained)).toBeLessThan(2.6);
  // A product has two more for its gradients.
  expect(cost(all)).toBeLessThan(3.001);
});

describe("resume", () => {
  test("20 steps equal 10, a checkpoint on disk, and 10 more, bit for bit", async () => {
    const straight = await fresh(0);
    for (let i = 0; i < 20; i++) await straight.advance(batchOf(denoiser, i));
    const directory = join(folder, "resume");
    const expected = hex(await straight.state());
    const first = await fresh(0);
    for (let i = 0; i < 10; i++) await first.advance(batchOf(denoiser, i));
    await saveCheckpoint(directory, first, "tiny");
    const second = await fresh(1);
    expect(await restoreCheckpoint(directory, second, "tiny")).toBe(true);
    expect(second.step).toBe(10);
    for (let i = 10; i < 20; i++) await second.advance(batchOf(denoiser, i));
    expect(hex(await second.state())).toEqual(expected);
  });

  test("a checkpoint of another configuration is refused, as are states that do not fit", async () => {
    const trainer = await fresh(1);
    const directory = join(folder, "resume");
    await expect(restoreCheckpoint(directory, trainer, "other")).rejects.toThrow(/made with tiny, this run has other/);
    expect(() => trainer.restore(1, {})).toThrow(/lacks/);
    const state = { ...(await trainer.state()) };
    const name = Object.keys(state)[0] as string;
    expect(() => trainer.restore(1, { ...state, [name]: tensor([1], new Float32Array(1)) })).toThrow(/another shape/);
    expect(trainer.step).toBe(0);
    expect(await restoreCheckpoint(join(folder, "none"), trainer, "tiny")).toBe(false);
  });

  test("a run that is interrupted goes on where it stopped, and writes its log", async () => {
    const directory = join(folder, "loop");
    const controller = new AbortController();
    const run = async (signal?: AbortSignal) => {
      const trainer = await fresh(1);
      const ended = await runTraining({
        trainer,
        steps: 6,
        directory,
        fingerprint: "tiny",
        logEvery: 2,
        signal,
        batch: async (step) => {
          if (step === 3) controller.abort();
          return batchOf(denoiser, step);
        },
      });
      const state = hex(await trainer.state());
      return { ended, state };
    };
    expect((await run(controller.signal)).ended).toBe(false);
    const { ended, state } = await run();
    expect(ended).toBe(true);
    const straight = await fresh(0);
    for (let i = 0; i < 6; i++) await straight.advance(batchOf(denoiser, i));
    expect(state).toEqual(hex(await straight.state()));
    const lines = (await readFile(join(directory, "log.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { step: number });
    expect(lines.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(CHECKPOINT_FILE).toBe("checkpoint.safetensors");
  });
});

test("a loss that is not finite stops the training and keeps the state", async () => {
  const trainer = await fresh(1);
  await trainer.advance(batchOf(denoiser, 0));
  const before = hex(await trainer.state());
  const batch = batchOf(denoiser, 1);
  (batch["latents"] as PlainTensor<"float32">).data[0] = Number.NaN;
  await expect(trainer.advance(batch)).rejects.toThrow(/loss of step 1 is NaN/);
  expect(hex(await trainer.state())).toEqual(before);
  expect(trainer.step).toBe(1);
  await trainer.advance(batchOf(denoiser, 1));
});

test("the loss falls when one batch is learnt by heart", async () => {
  const trainer = await fresh(0);
  const batch = batchOf(denoiser, 0);
  const first = (await trainer.advance(batch)).loss;
  for (let i = 0; i < 120; i++) await trainer.advance(batch);
  expect((await trainer.advance(batch)).loss).toBeLessThan(0.2 * first);
});

describe("training a bridge", () => {
  const source = tinyBridgeLoss(BATCH, FRAMES, TOKENS);
  const frozenTensors = initialise(denoiser, 1);
  // The random start closes its branches; open them, as training does.
  for (const [name, { shape, data }] of Object.entries(frozenTensors))
    if (data.every((value) => value === 0))
      frozenTensors[name] = tensor(
        shape,
        normalArray(3, [name], data.length).map((v) => 0.1 * v),
      );

  test("changes the bridge's parameters and no other; at the first step only the outputs move", async () => {
    const digest = hex(frozenTensors);
    const start = initialiseBridge(tinyBridge, 2);
    const trainer = await createTrainer(runtime, source, start, {
      frozen: memoryParameters(frozenTensors),
      learningRate: () => 1e-2,
      optimiser: { weightDecay: 0 },
    });
    await trainer.advance({ ...batchOf(source, 0) });
    const names = bridgeParameters(tinyBridge).map(({ name }) => name);
    expect(Object.keys(await trainer.parameters("raw")).sort()).toEqual([...names].sort());
    expect(Object.keys(await trainer.parameters("average")).sort()).toEqual([...names].sort());
    const after = await trainer.state();
    for (const name of names) {
      const gradientIsZero = after[stateNames(name).square]?.data.every((value) => value === 0);
      expect(gradientIsZero, name).toBe(!name.endsWith("to_out.weight"));
    }
    for (let i = 1; i < 4; i++) await trainer.advance({ ...batchOf(source, i) });
    const later = await trainer.state();
    for (const name of names) expect(later[name]?.data, name).not.toEqual(start[name]?.data);
    expect(hex(frozenTensors)).toEqual(digest);
    await trainer.dispose();
  });

  test("the graph's parameters are the denoiser's and the bridge's", () => {
    const frozen = [...parametersOf(denoiser).keys()].filter((name) => !name.startsWith("text."));
    const known = [...frozen, ...bridgeParameters(tinyBridge).map(({ name }) => name)];
    expect([...parametersOf(source).keys()].sort()).toEqual(known.sort());
  });
});
