/** Validation losses are those of the loss itself, and leave the training alone. */
import { createRandom, normalArray, type PlainTensor, type Runtime } from "@foley-control/core";
import { evaluate } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, expect, test } from "vitest";
import { initialise } from "./initialise.js";
import { denoiserLoss } from "./stages/denoiser.js";
import { tinyBackbone } from "./testing.js";
import { createTrainer } from "./trainer.js";
import { lossValidation } from "./validation.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const [ROWS, FRAMES] = [2, 6];
const loss = denoiserLoss(tinyBackbone, ROWS, FRAMES);

/** Inputs of the loss; `time` is left out for a validation. */
function batchOf(stream: string, index: number, time: boolean): Record<string, PlainTensor> {
  const random = createRandom(5, stream, index);
  return Object.fromEntries(
    loss.inputs
      .filter(({ name }) => time || name !== "time")
      .map(({ name = "", shape, dtype }): [string, PlainTensor] => {
        const size = shape.reduce((product, n) => product * n, 1);
        if (dtype === "int64")
          return [name, { dtype, shape, data: BigInt64Array.from({ length: size }, () => BigInt(random.integer(0, 3))) }];
        const data =
          name === "latents" || name === "noise"
            ? normalArray(5, [stream, name, index], size)
            : new Float32Array(size).fill(name === "seconds" ? 4 : name === "time" ? random.uniform() : 1);
        return [name, { dtype: "float32", shape, data }];
      }),
  );
}

test("each number is the mean of the loss over the batches, for averaged and raw weights", async () => {
  const trainer = await createTrainer(runtime, loss, initialise(loss, 1), { learningRate: () => 1e-2 });
  for (let step = 0; step < 5; step++) await trainer.advance(batchOf("train", step, true));
  const times = [0.2, 0.8];
  const measure = lossValidation(runtime, {
    loss,
    rows: ROWS,
    batches: 2,
    times,
    batch: async (index) => batchOf("held out", index, false),
  });
  const before = structuredClone(await trainer.state());
  const measured = await measure(trainer);
  expect(await trainer.state()).toEqual(before);
  expect(await measure(trainer)).toEqual(measured);
  expect(measured).toMatchObject({ clips: 4, times });
  for (const which of ["average", "raw"] as const) {
    const weights = Object.entries(await trainer.parameters(which)).map(([name, { data }]) => [name, data] as const);
    for (const [at, time] of times.entries()) {
      const each = [0, 1].map((index) => {
        const inputs = Object.entries(batchOf("held out", index, false)).map(
          ([name, { data }]) => [name, Array.from(data as Float32Array, Number)] as const,
        );
        const feeds = Object.fromEntries([...weights, ...inputs, ["time", new Float32Array(ROWS).fill(time)] as const]);
        return evaluate(loss, feeds as never)["loss"]?.data[0] as number;
      });
      const expected = each.reduce((sum, value) => sum + value, 0) / each.length;
      expect(Math.abs((measured[which][at] as number) - expected)).toBeLessThan(1e-5 * expected);
    }
  }
  expect(measured.average).not.toEqual(measured.raw);
  await trainer.dispose();
});

test("its session ends with the measurement, also when a batch cannot be read", async () => {
  let open = 0;
  const counting: Pick<Runtime, "load"> = {
    async load(...of) {
      const executable = await runtime.load(...of);
      open++;
      return {
        run: (...inputs) => executable.run(...inputs),
        runOnDevice: (...inputs) => executable.runOnDevice(...inputs),
        dispose: () => {
          open--;
          return executable.dispose();
        },
      };
    },
  };
  const weights = { parameters: async () => initialise(loss, 1) };
  const measure = lossValidation(counting as Runtime, {
    loss,
    rows: ROWS,
    batches: 2,
    batch: async (index) => {
      expect(open).toBe(1);
      if (index === 1) throw new Error("unreadable");
      return batchOf("held out", index, false);
    },
  });
  await expect(measure(weights)).rejects.toThrow("unreadable");
  expect(open).toBe(0);
});

test("a weight that is not a number is said, not hidden; nothing to measure is refused", async () => {
  const poisoned = initialise(loss, 1);
  (Object.values(poisoned)[0] as PlainTensor<"float32">).data.fill(Number.NaN);
  const options = { loss, rows: ROWS, batches: 1, times: [0.5], batch: async () => batchOf("held out", 0, false) };
  const measured = await lossValidation(runtime, options)({ parameters: async () => poisoned });
  expect(measured.average).toEqual([null]);
  for (const wrong of [{ batches: 0 }, { times: [] }])
    expect(() => lossValidation(runtime, { ...options, ...wrong })).toThrow(/measures nothing/);
});
