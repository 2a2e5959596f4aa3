/** What networks compute in Node, wherever ONNX Runtime, the weights and the tensors are. */
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { float32ToFloat16, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeRuntime } from "../node.js";
import { bindParameters } from "../shared/parameters.js";
import {
  block,
  exact,
  largestDifference,
  numbersOf,
  shapes,
  tensors,
  useRuntimes,
  weights,
  width,
  x,
} from "./block.test-support.js";
import { locationInPlace } from "./in-place.js";

const { worker, direct } = useRuntimes();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-runtime-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("numbers", () => {
  test("a network equals the float64 interpreter to 1e-5, in the worker and here, bit for bit the same", async () => {
    const here = await (await direct.load(block(), weights)).run({ x });
    const there = await (await worker.load(block(), weights)).run({ x });
    expect(largestDifference(numbersOf(here["y"]), exact["y"]?.data as Float64Array)).toBeLessThan(1e-5);
    expect(there).toEqual(here);
    expect(here["mean"]).toMatchObject({ dtype: "float32", shape: [2, 5] });
    expect(Object.keys(here)).toEqual(["y", "mean"]);
  });

  test("in a process of its own: the same bits, kept tensors, and errors with their code", async () => {
    await using apart = nodeRuntime({ device: "cpu", threads: 1, worker: "process" });
    await using executable = await apart.load(block(), weights);
    await using there = await worker.load(block(), weights);
    expect(await executable.run({ x })).toEqual(await there.run({ x }));
    const kept = await executable.runOnDevice({ x });
    expect(await kept["y"]?.read()).toEqual((await there.run({ x }))["y"]);
    await expect(apart.load(block(), memoryParameters({}))).rejects.toMatchObject({ code: "bad-weights" });
  });

  test("inputs stay the caller's, also when they are views", async () => {
    await using executable = await worker.load(block(), weights);
    const large = new Float32Array(10_000);
    large.set(x.data as Float32Array, 777);
    const view = large.subarray(777, 777 + 240);
    const first = await executable.run({ x: { ...x, data: view } });
    expect(view.length).toBe(240);
    expect(largestDifference(view, x.data as Float32Array)).toBe(0);
    expect(await executable.run({ x })).toEqual(first);
    expect((weights.get("up.weight")!.bytes as { bytes: Uint8Array }).bytes.length).toBe(96 * width * 4);
  });

  test("bytes of parameters may change once loading is over", async () => {
    const own = memoryParameters(
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() as Float32Array }]),
      ),
    );
    await using executable = await direct.load(block(), own);
    const before = await executable.run({ x });
    for (const name of own.names()) (own.get(name)!.bytes as { bytes: Uint8Array }).bytes.fill(0);
    expect(await executable.run({ x })).toEqual(before);
  });

  test.each(["worker", "direct"])("float16 weights in a file run as float32: %s", async (which) => {
    const pieces: Uint8Array[] = [Uint8Array.of(1, 2, 3)];
    const ranges = new Map<string, { offset: number; length: number }>();
    let offset = 3; // an odd place, as in any file
    for (const [name, { data }] of Object.entries(tensors)) {
      const half = float32ToFloat16(data as Float32Array);
      pieces.push(new Uint8Array(half.buffer));
      ranges.set(name, { offset, length: half.byteLength });
      offset += half.byteLength;
    }
    const path = join(folder, `${which}.bin`);
    await writeFile(path, Buffer.concat(pieces));
    const stored: ParameterSource = {
      names: () => [...ranges.keys()],
      get: (name) => {
        const range = ranges.get(name);
        return range && { dtype: "float16", shape: shapes[name as keyof typeof shapes], bytes: { kind: "file", path, ...range } };
      },
    };
    await using executable = await (which === "worker" ? worker : direct).load(block(), stored);
    const { y } = await executable.run({ x });
    const error = largestDifference(numbersOf(y), exact["y"]?.data as Float64Array);
    expect(error).toBeLessThan(3e-3); // what rounding the weights to float16 costs
    expect(error).toBeGreaterThan(1e-6);
    const memory = memoryParameters(
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [
          name,
          { ...tensor, dtype: "float16" as const, data: float32ToFloat16(tensor.data as Float32Array) },
        ]),
      ),
    );
    await using fromMemory = await worker.load(block(), memory);
    expect((await fromMemory.run({ x }))["y"]).toEqual(y);
    await rm(path);
    await expect(worker.load(block(), stored)).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringContaining(path),
    });
  });

  test.each([
    ["in place", 4],
    ["read, because they lie askew", 3],
  ] as const)("float32 weights in a file give the same bits as in memory: %s", async (which, start) => {
    const path = join(folder, `float32-${start}.bin`);
    const ranges = new Map<string, { offset: number; length: number }>();
    const pieces: Uint8Array[] = [new Uint8Array(start)];
    let offset: number = start;
    for (const [name, { data }] of Object.entries(tensors)) {
      pieces.push(new Uint8Array((data as Float32Array).slice().buffer));
      ranges.set(name, { offset, length: 4 * data.length });
      offset += 4 * data.length;
    }
    await writeFile(path, Buffer.concat(pieces));
    const stored: ParameterSource = {
      names: () => [...ranges.keys()],
      get: (name) => {
        const range = ranges.get(name);
        return range && { dtype: "float32", shape: shapes[name as keyof typeof shapes], bytes: { kind: "file", path, ...range } };
      },
    };
    const bound = bindParameters(block(), stored, true, locationInPlace);
    expect(bound.parameters, which).toHaveLength(start === 4 ? 0 : ranges.size);
    await using executable = await worker.load(block(), stored);
    await using fromMemory = await worker.load(block(), memoryParameters(tensors));
    expect(await executable.run({ x })).toEqual(await fromMemory.run({ x }));
    await truncate(path, offset - 1);
    await expect(worker.load(block(), stored)).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringContaining("ends at"),
    });
  });

  test("without weights the parameters are inputs", async () => {
    await using executable = await direct.load(block());
    const { y } = await executable.run({ x, ...tensors });
    expect(largestDifference(numbersOf(y), exact["y"]?.data as Float64Array)).toBeLessThan(1e-5);
  });

  test("every dtype crosses both ways", async () => {
    const given: Record<string, PlainTensor> = {
      float32: { dtype: "float32", shape: [2], data: Float32Array.of(1.5, -2) },
      int64: { dtype: "int64", shape: [2], data: BigInt64Array.of(2n ** 40n, -3n) },
      int32: { dtype: "int32", shape: [2], data: Int32Array.of(7, -8) },
      uint8: { dtype: "uint8", shape: [2], data: Uint8Array.of(0, 255) },
      int8: { dtype: "int8", shape: [2], data: Int8Array.of(-128, 127) },
      bool: { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) },
      float16: { dtype: "float16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) },
      scalar: { dtype: "float32", shape: [], data: Float32Array.of(4) },
    };
    const inputs = Object.entries(given).map(([name, { shape, dtype }]) => input(name, shape, dtype));
    const echo = graph("echo", inputs, Object.fromEntries(inputs.map((value) => [`${value.name}Out`, value])));
    for (const runtime of [worker, direct]) {
      await using executable = await runtime.load(echo);
      const outputs = await executable.run(given);
      for (const [name, tensor] of Object.entries(given)) expect(outputs[`${name}Out`]).toEqual(tensor);
    }
  });
});

describe("tensors that stay", () => {
  test.each(["worker", "direct"])("chain through two executables without being read: %s", async (which) => {
    const runtime = which === "worker" ? worker : direct;
    await using executable = await runtime.load(block(), weights);
    const first = await executable.run({ x });
    const kept = await executable.runOnDevice({ x });
    const device = kept["y"];
    if (!device) throw new Error("no output");
    expect(device).toMatchObject({ location: "device", dtype: "float32", shape: [2, 5, width] });
    const second = await executable.run({ x: device });
    expect(await executable.run({ x: first["y"] as PlainTensor })).toEqual(second);
    const read = await device.read();
    expect(read).toEqual(first["y"]);
    (read.data as Float32Array).fill(0);
    expect(await device.read()).toEqual(first["y"]); // reading copies
    device.dispose();
    device.dispose();
    await expect(device.read()).rejects.toMatchObject({ code: "disposed" });
    await expect(executable.run({ x: device })).rejects.toMatchObject({ code: "disposed" });
  });

  test("not in another runtime", async () => {
    await using here = await direct.load(block(), weights);
    await using there = await worker.load(block(), weights);
    const { y } = await here.runOnDevice({ x });
    if (!y) throw new Error("no output");
    await expect(there.run({ x: y })).rejects.toThrow(/"x" belongs to another runtime/);
  });
});
