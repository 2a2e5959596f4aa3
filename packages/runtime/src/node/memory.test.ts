/** What stands in memory beside a session: no graph with its constants, and of inputs one copy for run after run. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { constant, graph, input, ops } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import type { Engine } from "../shared/engine.js";
import { answer, workerChannel } from "../shared/worker-channel.js";
import { block, numbers, useRuntimes, weights, x } from "./block.test-support.js";

const { worker, direct } = useRuntimes();

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

describe("memory", () => {
  test.each(["worker", "direct"] as const)("a loaded graph lets its constants go: %s", async (where) => {
    const load = async () => {
      const a = input("a", [1000]);
      const made = graph("constants", [a], { y: ops.add(a, constant(numbers("c", 1000), [1000], "float32")) });
      return { executable: await { worker, direct }[where].load(made), made: new WeakRef(made) };
    };
    const { executable, made } = await load();
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
    expect(made.deref()).toBeUndefined();
    expect((await executable.run({ a: { dtype: "float32", shape: [1000], data: new Float32Array(1000) } }))["y"]?.shape).toEqual([
      1000,
    ]);
    await executable.dispose();
  });

  test("what the inputs of a run were copied into comes back from the worker and is used again, and results stay", async () => {
    await using executable = await worker.load(block(), weights);
    const other = { ...x, data: numbers("other", x.data.length) };
    const [first, second] = [await executable.run({ x }), await executable.run({ x: other })];
    const again = await executable.run({ x });
    expect(again["y"]?.data).toEqual(first["y"]?.data);
    expect(second["y"]?.data).not.toEqual(first["y"]?.data);
    expect(x.data.length).toBeGreaterThan(0);
  });

  test("a channel hands out memory that came back, of that size and once, and keeps no more than 16 MiB of it", () => {
    let id = 0;
    const { channel, onMessage } = workerChannel({
      post: (message) => {
        ({ id } = message as { id: number });
      },
      terminate: async () => undefined,
    });
    const back = (...spent: ArrayBuffer[]) => {
      void channel.request("free", 1);
      onMessage({ id, answer: null, spent });
    };
    const [small, large] = [new ArrayBuffer(100), new ArrayBuffer(2 ** 23)];
    back(small, large);
    expect(channel.memory(100)).toBe(small);
    expect(channel.memory(100)).not.toBe(small);
    expect(channel.memory(2 ** 23)).toBe(large);
    back(small, large, new ArrayBuffer(2 ** 23), new ArrayBuffer(2 ** 24 + 1));
    expect(channel.memory(100)).not.toBe(small);
    expect(channel.memory(2 ** 23)).not.toBe(large);
  });

  test.each([false, true])("a worker gives the memory of inputs back, not where messages are copied (%s)", async (copies) => {
    const [given, passed] = [new Float32Array(4), new Float32Array(8)];
    // The second input is an output too, and goes back once.
    const engine = { handle: async () => ({ y: { dtype: "float32", shape: [8], data: passed } }) } as unknown as Engine;
    const inputs = { a: { dtype: "float32", shape: [4], data: given }, b: { dtype: "float32", shape: [8], data: passed }, c: 3 };
    let said: { readonly reply: unknown; readonly transfer: readonly ArrayBuffer[] } | undefined;
    const ask = { session: 1, inputs, keep: false };
    await answer(engine, { id: 1, name: "run", ask }, (reply, transfer) => (said = { reply, transfer }), { copies });
    expect(said?.reply).toMatchObject({ id: 1, spent: copies ? [] : [given.buffer] });
    expect(said?.transfer).toEqual(copies ? [passed.buffer] : [passed.buffer, given.buffer]);
  });
});
