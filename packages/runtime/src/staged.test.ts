import { type GraphValue, memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { graph, input, ops, parameter } from "@foley-control/graph";
import { afterAll, describe, expect, it } from "vitest";
import { nodeRuntime } from "./node.js";
import { loadInStages } from "./staged.js";

const ROWS = 16;
const bytes = 4 * ROWS * ROWS;
const names = ["a", "b", "c", "d"];
const square = (name: string) => ({ dtype: "float32", shape: [ROWS, ROWS], data: normalArray(1, [name], ROWS * ROWS) }) as const;
const weights = memoryParameters(Object.fromEntries(names.map((name) => [name, square(name)])));
const x: PlainTensor<"float32"> = { dtype: "float32", shape: [1, ROWS], data: normalArray(1, ["x"], ROWS) };

const product = (start: GraphValue) => names.reduce((y, name) => ops.matmul(y, parameter(name, [ROWS, ROWS])), start);
function chain() {
  const start = input("x", [1, ROWS]);
  return graph("chain", [start], { y: product(start) });
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

/** The runtime, with a list of what it holds. */
function watched() {
  const events: string[] = [];
  return {
    events,
    runtime: {
      ...runtime,
      load: async (...given: Parameters<typeof runtime.load>) => {
        const executable = await runtime.load(...given);
        events.push(`+${given[0].name}`);
        return {
          ...executable,
          dispose: () => {
            events.push(`-${given[0].name}`);
            return executable.dispose();
          },
        };
      },
    },
  };
}

describe("loadInStages", () => {
  it("gives the numbers of the whole, with one stage loaded at a time", async () => {
    const whole = await runtime.load(chain(), weights);
    const expected = (await whole.run({ x })).y?.data;
    await whole.dispose();
    const { events, runtime: seen } = watched();
    const executable = await loadInStages(seen, chain(), weights, { stageBytes: bytes });
    expect(events).toEqual([]);
    expect((await executable.run({ x })).y?.data).toEqual(expected);
    expect(events).toEqual(["1", "2", "3", "4"].flatMap((part) => [`+chain.${part}`, `-chain.${part}`]));
    const kept = (await executable.runOnDevice({ x })).y;
    expect((await kept?.read())?.data).toEqual(expected);
    kept?.dispose();
  });

  it("loads each stage once for several inputs, and gives the numbers of each alone", async () => {
    const { events, runtime: seen } = watched();
    const executable = await loadInStages(seen, chain(), weights, { stageBytes: bytes });
    const inputs = ["x", "other"].map((name) => ({ x: { ...x, data: normalArray(1, [name], ROWS) } }));
    const together = await executable.runEach?.(inputs);
    expect(events).toEqual(["1", "2", "3", "4"].flatMap((part) => [`+chain.${part}`, `-chain.${part}`]));
    for (const [index, one] of inputs.entries())
      expect(together?.[index]?.["y"]?.data).toEqual((await executable.run(one)).y?.data);
  });

  it("loads as a whole what is small, and what cannot be cut", async () => {
    const { events, runtime: seen } = watched();
    await (await loadInStages(seen, chain(), weights, { stageBytes: 2 * bytes })).dispose();
    const start = input("x", [1, ROWS]);
    const skip = graph("skip", [start], { y: ops.add(product(start), start) });
    await (await loadInStages(seen, skip, weights, { stageBytes: 1 })).dispose();
    expect(events).toEqual(["+chain", "-chain", "+skip", "-skip"]);
  });

  it("tells what fails when it runs, aborts between stages, and holds nothing afterwards", async () => {
    const { events, runtime: seen } = watched();
    const lacking = memoryParameters({ a: square("a"), b: square("b"), d: square("d") });
    const executable = await loadInStages(seen, chain(), lacking, { stageBytes: bytes });
    await expect(executable.run({ x })).rejects.toThrow(/lack 1 of the 1 parameters of "chain.3": "c"/);
    expect(events).toEqual(["+chain.1", "-chain.1", "+chain.2", "-chain.2"]);
    await expect(executable.run({ x }, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});
