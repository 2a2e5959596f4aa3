import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  FoleyError,
  float32ToFloat16,
  memoryParameters,
  normalArray,
  type ParameterSource,
  type PlainTensor,
} from "@foley-control/core";
import { evaluate, graph, input, layerNorm, linear, ops } from "@foley-control/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { locationInPlace } from "./node/in-place.js";
import { nodePlatform } from "./node/platform.js";
import { type DisposableRuntime, nodeRuntime } from "./node.js";
import { makeCanary, makeFloat16Canary, selfTestTolerance } from "./shared/canary.js";
import { directChannel, Engine } from "./shared/engine.js";
import { hostRuntime } from "./shared/host.js";
import { bindParameters } from "./shared/parameters.js";
import type { Platform } from "./shared/platform.js";
import type { Device } from "./shared/protocol.js";

const width = 24;
const shapes = { "up.weight": [96, width], "up.bias": [96], "down.weight": [width, 96], "norm.weight": [width] } as const;
const numbers = (name: string, count: number): Float32Array =>
  normalArray(1, ["runtime-test", name], count).map((value) => value / 4);
const tensors = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]): [string, PlainTensor] => {
    return [
      name,
      {
        dtype: "float32",
        shape,
        data: numbers(
          name,
          shape.reduce((a, b) => a * b, 1),
        ),
      },
    ];
  }),
);
const weights = memoryParameters(tensors);

function block() {
  const x = input("x", [2, 5, width]);
  const y = ops.add(x, linear(ops.gelu(linear(layerNorm(x, "norm.weight"), "up", 96, true)), "down", width));
  return graph("block", [x], { y, mean: ops.mean(y, [-1]) });
}

const x: PlainTensor = { dtype: "float32", shape: [2, 5, width], data: numbers("x", 2 * 5 * width) };
const exact = evaluate(block(), {
  x: x.data as Float32Array,
  ...Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array])),
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}

const numbersOf = (tensor: PlainTensor | undefined): Float32Array => tensor?.data as Float32Array;

let folder: string;
let worker: DisposableRuntime;
let direct: DisposableRuntime;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-runtime-"));
  worker = nodeRuntime({ device: "cpu", threads: 1 });
  direct = nodeRuntime({ device: "cpu", threads: 1, worker: false });
});
afterAll(async () => {
  await worker.dispose();
  await direct.dispose();
  await rm(folder, { recursive: true, force: true });
});

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

describe("aborting and disposing", () => {
  /** About 50 ms of products. */
  function slow() {
    const a = input("a", [256, 256]);
    let y = a;
    for (let i = 0; i < 40; i++) y = ops.multiply(ops.matmul(y, a), 1 / 16);
    return graph("slow", [a], { y });
  }
  const a: PlainTensor = { dtype: "float32", shape: [256, 256], data: numbers("a", 256 * 256) };

  test("an aborted signal stops a load and a run before they start, and a run that waits", async () => {
    const reason = new Error("changed my mind");
    await expect(worker.load(slow(), undefined, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await using executable = await worker.load(slow());
    await expect(executable.run({ a }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const control = new AbortController();
    const running = executable.run({ a });
    const waiting = executable.run({ a }, { signal: control.signal });
    const refused = expect(waiting).rejects.toBe(reason);
    control.abort(reason);
    await refused; // at once, not after the run before it
    expect((await running)["y"]?.shape).toEqual([256, 256]);
    expect((await executable.run({ a }))["y"]?.shape).toEqual([256, 256]);
  });

  test("this thread stays free while the worker computes", async () => {
    await using executable = await worker.load(slow());
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await Promise.all([executable.run({ a }), executable.run({ a }), executable.run({ a })]);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test("disposing a runtime rejects what runs and what waits, and everything after", async () => {
    const runtime = nodeRuntime({ device: "cpu", threads: 1 });
    const executable = await runtime.load(slow());
    const open = [executable.run({ a }), executable.run({ a }), executable.runOnDevice({ a })];
    const settled = Promise.allSettled(open);
    await runtime.dispose();
    for (const result of await settled) expect(result).toMatchObject({ status: "rejected", reason: { code: "disposed" } });
    await expect(executable.run({ a })).rejects.toMatchObject({ code: "disposed" });
    await expect(runtime.load(slow())).rejects.toMatchObject({ code: "disposed" });
    await expect(runtime.capabilities()).rejects.toMatchObject({ code: "disposed" });
    await executable.dispose();
    await runtime.dispose();
  });

  test("a disposed executable refuses, its runtime goes on", async () => {
    const executable = await worker.load(slow());
    await executable.dispose();
    await executable.dispose();
    await expect(executable.run({ a })).rejects.toThrow(/"slow" was disposed/);
    await using next = await worker.load(block(), weights);
    expect((await next.run({ x }))["y"]?.shape).toEqual([2, 5, width]);
  });

  test("a runtime that was never used costs nothing to dispose", async () => {
    await nodeRuntime().dispose();
  });
});

describe("what is wrong is said by name", () => {
  test("inputs", async () => {
    await using executable = await worker.load(block(), weights);
    await expect(executable.run({})).rejects.toThrow(/input "x" of the graph "block" is missing. It is float32 \[2, 5, 24\]/);
    await expect(executable.run({ x, z: x })).rejects.toThrow(/no input "z". Its inputs are x/);
    await expect(executable.run({ x: { ...x, shape: [10, width] } })).rejects.toThrow(
      /"x".*is float32 \[10, 24\], expected float32 \[2, 5, 24\]/,
    );
    await expect(executable.run({ x: { ...x, data: new Float32Array(3) } })).rejects.toThrow(/"x".*has 3 elements/);
    await expect(executable.run({ x: { dtype: "int32", shape: x.shape, data: new Int32Array(240) } })).rejects.toMatchObject({
      code: "shape-mismatch",
    });
  });

  test("weights", async () => {
    const { "norm.weight": _, "up.bias": __, ...rest } = tensors;
    await expect(worker.load(block(), memoryParameters(rest))).rejects.toThrow(
      /lack 2 of the 4 parameters of "block": "norm.weight", "up.bias"/,
    );
    const turned = memoryParameters({
      ...tensors,
      "up.weight": { dtype: "float32", shape: [width, 96], data: tensors["up.weight"]?.data as Float32Array },
    });
    await expect(worker.load(block(), turned)).rejects.toThrow(
      /"up.weight" has the shape \[24, 96\] in the weights, the graph expects \[96, 24\]/,
    );
    const whole = memoryParameters({ ...tensors, "up.bias": { dtype: "int32", shape: [96], data: new Int32Array(96) } });
    await expect(worker.load(block(), whole)).rejects.toThrow(/"up.bias" is int32 in the weights, the graph expects float32/);
  });

  test("a graph that ONNX Runtime refuses", async () => {
    const q = input("q", [1, 4, 6]);
    const broken = graph("broken", [q], {
      y: { ...ops.relu(q), node: { op: "NoSuchOp", inputs: [q], attributes: {}, outputs: [] } },
    });
    await expect(worker.load(broken)).rejects.toThrow(Error);
  });

  test("options", () => {
    const refused = (action: () => unknown, message: RegExp) => {
      expect(action).toThrow(message);
      expect(action).toThrow(FoleyError);
    };
    refused(() => nodeRuntime({ device: "gpu" as "cpu" }), /device is "gpu", expected one of auto, cpu, webgpu, cuda/);
    refused(() => nodeRuntime({ threads: 0 }), /threads is 0/);
    refused(() => nodeRuntime({ threads: 1.5 }), /threads is 1.5/);
    refused(() => nodeRuntime({ ort: {} as never }), /cannot be handed to a worker/);
    refused(() => nodeRuntime({ gpu: -1 }), /gpu is -1/);
  });

  test.skipIf(process.platform !== "linux")("cuda without its libraries: which, where, and how to get them", async () => {
    const runtime = nodeRuntime({ device: "cuda" });
    await expect(runtime.capabilities()).rejects.toMatchObject({
      code: "device-unavailable",
      message: expect.stringMatching(/libonnxruntime_providers_cuda\.so.*NuGet|"cuda" does not exist/),
    });
    await runtime.dispose();
  });
});

describe("self-test", () => {
  /** The CPU under the names of several devices; on those listed as broken the numbers are wrong. */
  function platform(order: readonly Device[], broken: readonly Device[]): Platform {
    const real = nodePlatform();
    return {
      ...real,
      order: () => order,
      async prepare(device, settings) {
        const prepared = await real.prepare("cpu", settings);
        if (!broken.includes(device)) return prepared;
        const { InferenceSession } = prepared.ort;
        const wrong: typeof InferenceSession.create = async (...parameters: unknown[]) => {
          const session = await (
            InferenceSession.create as (...all: unknown[]) => Promise<Awaited<ReturnType<typeof InferenceSession.create>>>
          )(...parameters);
          const run = session.run.bind(session);
          session.run = async (feeds: Parameters<typeof run>[0]) => {
            const outputs = await run(feeds);
            const softmax = outputs["softmax"]?.data as Float32Array | undefined;
            if (softmax) softmax[7] = 0.5;
            return outputs;
          };
          return session;
        };
        return { ...prepared, ort: { ...prepared.ort, InferenceSession: { create: wrong } as typeof InferenceSession } };
      },
    };
  }
  const start = (on: Platform, canary = makeCanary(), device: "auto" | Device = "auto") =>
    hostRuntime(
      async () => directChannel(new Engine(on)),
      () => ({ device, threads: 1, canary, float16Canary: makeFloat16Canary() }),
    );

  test("passes on the CPU with float32's error", async () => {
    const { device, selfTest, threads, version, devices } = await worker.capabilities();
    expect(device).toBe("cpu");
    expect(threads).toBe(1);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(selfTest.passed).toBe(true);
    expect(selfTest.maxError).toBeGreaterThan(0);
    expect(selfTest.maxError).toBeLessThan(1e-5);
    expect(selfTest).not.toHaveProperty("fellBackFrom");
    expect(devices.map(({ device: name }) => name)).toEqual(["cpu", "webgpu", "cuda"]);
    for (const report of devices) expect(report.available || (report.reason ?? "").length > 20).toBe(true);
  });

  test("a device that computes wrong numbers is left for the next, and it is said", async () => {
    await using runtime = start(platform(["webgpu", "cpu"], ["webgpu"]));
    const { device, selfTest } = await runtime.capabilities();
    expect(device).toBe("cpu");
    expect(selfTest).toMatchObject({
      passed: true,
      fellBackFrom: "webgpu",
      reason: expect.stringMatching(/webgpu failed: "softmax" is off by 0\.\d+/),
    });
    await using executable = await runtime.load(block(), weights);
    expect(largestDifference(numbersOf((await executable.run({ x }))["y"]), exact["y"]?.data as Float64Array)).toBeLessThan(1e-5);
  });

  test("wrong expectations fail everywhere: the last device is used and reported as failed", async () => {
    const right = makeCanary();
    const erf = (right.expected["erf"] as Float64Array).slice();
    erf[3] = (erf[3] as number) + 2 * selfTestTolerance;
    await using runtime = start(platform(["webgpu", "cpu"], []), { ...right, expected: { ...right.expected, erf } });
    const { device, selfTest } = await runtime.capabilities();
    expect(device).toBe("cpu");
    expect(selfTest).toMatchObject({ passed: false, fellBackFrom: "webgpu" });
    expect(selfTest.maxError).toBeCloseTo(2 * selfTestTolerance, 4);
  });

  test("the network is the same every time it is made", () => {
    expect(makeCanary()).toEqual(makeCanary());
  });
});
