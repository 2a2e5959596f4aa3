/** A batch in parts, in one process and in several: the same training. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { initialiseBridge } from "@foley-control/bridge";
import { createRandom, elementCount, memoryParameters, normalArray, type PlainTensor, type Runtime } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { describe, expect, test } from "vitest";
import { CHECKPOINT_FILE, restoreCheckpoint } from "./node/checkpoint.js";
import { dataParallelRuntimes } from "./node/data-parallel.js";
import { runTraining } from "./node/loop.js";
import { denoiserLoss } from "./stages/denoiser.js";
import { tinyBackbone, tinyBridge, tinyBridgeLoss } from "./testing.js";
import { createTrainer, stateNames, type Trainer } from "./trainer.js";

const [BATCH, FRAMES, TOKENS, STEPS] = [4, 6, 3, 20];
const tensor = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });
const lossOf = (rows: number) => tinyBridgeLoss(rows, FRAMES, TOKENS);
const whole = lossOf(BATCH);
const start = initialiseBridge(tinyBridge, 2);
const frozen = memoryParameters(
  Object.fromEntries(
    [...parametersOf(whole)].flatMap(([name, { shape }]) =>
      name in start
        ? []
        : [
            [
              name,
              tensor(
                shape,
                normalArray(3, [name], elementCount(shape)).map((v) => 0.2 * v + Number(shape.length === 1)),
              ),
            ],
          ],
    ),
  ),
);

function batchOf(step: number): Record<string, PlainTensor> {
  return Object.fromEntries(
    whole.inputs.map(({ name = "", shape }): [string, PlainTensor] => {
      const [random, size] = [createRandom(9, name, step), elementCount(shape)];
      const draw: Record<string, () => number> = {
        textKept: () => 1,
        secondsStart: () => 0,
        secondsTotal: () => 4,
        time: () => random.uniform(),
      };
      return [name, tensor(shape, Float32Array.from({ length: size }, draw[name] ?? (() => random.normal())))];
    }),
  );
}

// AdamW divides small gradients by their small size, rounding and all: what the order of a sum changes grows with the learning rate.
const options = { frozen, learningRate: (step: number) => 5e-4 * Math.min(1, (step + 1) / 5) };

async function train(runtimes: Runtime | readonly [Runtime, ...Runtime[]], rows: number, microBatches?: number) {
  const trainer = await createTrainer(runtimes, lossOf(rows), start, { ...options, microBatches });
  const reports = [];
  for (let step = 0; step < STEPS; step++) reports.push(await trainer.advance(batchOf(step)));
  const state = await trainer.state();
  await trainer.dispose();
  return { state, reports };
}

type Trained = Awaited<ReturnType<typeof train>>;

/** Largest difference of weights, averages, losses and gradient norms (relative, as their size is not that of a weight). */
function distance(a: Trained, b: Trained): number {
  let worst = 0;
  for (const name of Object.keys(start))
    for (const key of [stateNames(name).parameters, stateNames(name).average])
      a.state[key]?.data.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(value - (b.state[key]?.data[i] ?? Number.NaN)));
      });
  a.reports.forEach(({ loss, gradientNorm }, i) => {
    const other = b.reports[i];
    for (const [x, y] of [
      [loss, other?.loss],
      [gradientNorm, other?.gradientNorm],
    ])
      worst = Math.max(worst, Math.abs((x as number) - (y ?? Number.NaN)) / Math.abs(x as number));
  });
  return worst;
}

describe("a batch in parts", () => {
  test("equals the whole batch, in one process and in two; the parts alone decide the bits", async () => {
    await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
    const once = await train(runtime, BATCH);
    const moved = Object.keys(start).map((name) => Math.abs((once.state[name]?.data[0] ?? 0) - (start[name]?.data[0] ?? 0)));
    expect(Math.max(...moved)).toBeGreaterThan(1e-3);
    const inTwo = await train(runtime, 2, 2);
    expect(distance(once, inTwo)).toBeLessThan(1e-5);
    expect(distance(once, await train(runtime, 1, 4))).toBeLessThan(1e-5);

    await using parallel = dataParallelRuntimes({ processes: 2, device: "cpu", threads: 1 });
    const processes = await train(parallel.runtimes, 2);
    expect(distance(once, processes)).toBeLessThan(1e-5);
    for (const [name, { data }] of Object.entries(inTwo.state)) expect(processes.state[name]?.data, name).toEqual(data);
    // Two parts on each.
    expect(distance(once, await train(parallel.runtimes, 1, 4))).toBeLessThan(1e-5);
  });

  test("rows that do not fit the parts are refused, and so are fewer parts than runtimes", async () => {
    await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
    const trainer = await createTrainer(runtime, lossOf(1), start, { ...options, microBatches: 3 });
    await expect(trainer.advance(batchOf(0))).rejects.toThrow(/expected \[3, /);
    await trainer.dispose();
    await expect(createTrainer([runtime, runtime], lossOf(1), start, { ...options, microBatches: 1 })).rejects.toThrow(
      /in 1 parts cannot be shared by 2 runtimes/,
    );
    expect(() => dataParallelRuntimes({ processes: 0 })).toThrow(/processes is 0/);
  });
});

test("batches of two shapes in one training: each step is computed by the graph that fits, as if that were alone", async () => {
  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const few = Object.fromEntries(
    Object.entries(batchOf(1)).map(([name, { shape, data }]): [string, PlainTensor] =>
      shape.length === 0
        ? [name, tensor(shape, data as Float32Array)]
        : [name, tensor([2, ...shape.slice(1)], (data as Float32Array).slice(0, data.length / 2))],
    ),
  );
  const both = await createTrainer(runtime, [whole, lossOf(2)], start, options);
  const alone = await Promise.all([whole, lossOf(2)].map((loss) => createTrainer(runtime, loss, start, options)));
  const [first, second] = alone as [Trainer, Trainer];
  await first.advance(batchOf(0));
  second.restore(1, await first.state());
  const reports = [await both.advance(batchOf(0)), await both.advance(few)];
  expect(reports[1]).toEqual(await second.advance(few));
  expect(await both.state()).toEqual(await second.state());
  await expect(both.advance({ ...few, time: tensor([3], new Float32Array(3)) })).rejects.toThrow(/"time" \[3\].* fits none/);
  await Promise.all([both, first, second].map((trainer) => trainer.dispose()));
  await expect(createTrainer(runtime, [whole, denoiserLoss(tinyBackbone, 2, FRAMES)], start, options)).rejects.toThrow();
});

test("float16 trains like float32: its gradients are scaled, the optimiser keeps float32", async () => {
  const gradientsAt = async (precision: "float32" | "float16", lossScale: number) => {
    await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false, precision });
    const trainer = await createTrainer(runtime, whole, start, { ...options, lossScale, optimiser: { clip: 1e9 } });
    for (let step = 0; step < 3; step++) await trainer.advance(batchOf(step));
    const state = await trainer.state();
    await trainer.dispose();
    return Object.keys(start).flatMap((name) => [...(state[stateNames(name).mean]?.data ?? [])]);
  };
  const exact = await gradientsAt("float32", 1);
  const norm = Math.hypot(...exact);
  const error = (found: readonly number[]) => Math.hypot(...found.map((value, i) => value - (exact[i] ?? Number.NaN))) / norm;
  expect(error(await gradientsAt("float32", 1024))).toBeLessThan(1e-5);
  const half = error(await gradientsAt("float16", 1024));
  expect(half).toBeLessThan(1e-2);
  // It did compute in float16.
  expect(half).toBeGreaterThan(1e-5);
  await using runtime = nodeRuntime({ device: "cpu", worker: false });
  await expect(createTrainer(runtime, whole, start, { ...options, lossScale: 1000 })).rejects.toThrow(/expected a power of two/);
});

describe("a process that dies", () => {
  test("stops the training with an error that names it; the last checkpoint is there, and a new run goes on from it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "foley-parallel-"));
    try {
      const run = async (
        steps: number,
        runtimes: readonly [Runtime, ...Runtime[]],
        beforeStep: (step: number) => Promise<void>,
      ) => {
        const trainer = await createTrainer(runtimes, lossOf(2), start, options);
        const batch = async (step: number) => {
          await beforeStep(step);
          return batchOf(step);
        };
        try {
          return await runTraining({ trainer, steps, directory, fingerprint: "parallel", checkpointEvery: 2, batch });
        } finally {
          await trainer.dispose().catch(() => undefined);
        }
      };
      {
        await using parallel = dataParallelRuntimes({ processes: 2, device: "cpu", threads: 1 });
        const kill = async (step: number) => {
          if (step !== 5) return;
          const children = await childrenOf(process.pid);
          process.kill(children.at(-1) as number, "SIGKILL");
        };
        await expect(run(10, parallel.runtimes, kill)).rejects.toThrow(/The runtime's process \d+ was ended by SIGKILL/);
      }
      expect((await stat(join(directory, CHECKPOINT_FILE))).size).toBeGreaterThan(1000);
      await using again = dataParallelRuntimes({ processes: 2, device: "cpu", threads: 1 });
      let first: number | undefined;
      expect(await run(8, again.runtimes, async (step) => void (first ??= step))).toBe(true);
      expect(first).toBe(4);
      const trainer = await createTrainer(again.runtimes, lossOf(2), start, options);
      expect(await restoreCheckpoint(directory, trainer, "parallel")).toBe(true);
      expect(trainer.step).toBe(8);
      await trainer.dispose();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

/** Processes that this one started for a runtime, in the order of their start. */
async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "pid=,args=", "--ppid", String(parent)]);
  return stdout
    .split("\n")
    .filter((line) => line.includes("worker-from-source"))
    .map((line) => Number(line.trim().split(/\s+/)[0]))
    .sort((a, b) => a - b);
}
