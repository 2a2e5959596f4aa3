/** float16 and int8 on the CPU: from memory and files, in a worker and without, stored in any type; and what is refused. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  float32ToFloat16,
  type Graph,
  memoryParameters,
  normalArray,
  type ParameterSource,
  type PlainTensor,
} from "@foley-control/core";
import { graph, input, layerNorm, linear, ops, type Precision, parameter } from "@foley-control/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodePlatform } from "./node/platform.js";
import { type DisposableRuntime, nodeRuntime } from "./node.js";
import { makeCanary, makeFloat16Canary } from "./shared/canary.js";
import { directChannel, Engine } from "./shared/engine.js";
import { hostRuntime, startOnce } from "./shared/host.js";
import type { Platform } from "./shared/platform.js";
import { webRuntime } from "./web.js";

const [rows, width, hidden] = [9, 512, 1024];
const x: PlainTensor<"float32"> = { dtype: "float32", shape: [1, rows, width], data: normalArray(1, ["x"], rows * width) };
const tensors: Record<string, PlainTensor<"float32">> = Object.fromEntries(
  Object.entries({ "up.weight": [hidden, width], "up.bias": [hidden], "down.weight": [width, hidden], norm: [width] }).map(
    ([name, shape]) => {
      const count = shape.reduce((product, n) => product * n, 1);
      const data = normalArray(1, [name], count).map((value) => value / Math.sqrt(shape[1] ?? 1));
      return [name, { dtype: "float32" as const, shape, data }];
    },
  ),
);
const inMemory = memoryParameters(tensors);
function block(): Graph {
  const given = input("x", [1, rows, width]);
  const y = ops.add(given, linear(ops.gelu(linear(layerNorm(given, "norm"), "up", hidden, true)), "down", width));
  return graph("block", [given], { y });
}

let folder: string;
let file: ParameterSource;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-precision-"));
  file = await inFile("float32.bin", tensors);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The tensors one after the other in a file. */
async function inFile(name: string, stored: Readonly<Record<string, PlainTensor>>): Promise<ParameterSource> {
  const path = join(folder, name);
  const places = new Map<string, { readonly offset: number; readonly length: number }>();
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [key, { data }] of Object.entries(stored)) {
    places.set(key, { offset, length: data.byteLength });
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  await writeFile(path, Buffer.concat(parts));
  return {
    names: () => Object.keys(stored),
    get(key) {
      const [tensor, place] = [stored[key], places.get(key)];
      return tensor && place && { dtype: tensor.dtype, shape: tensor.shape, bytes: { kind: "file", path, ...place } };
    },
  };
}

/** One runtime of each kind, started when it is first asked for. */
const runtimes = new Map<string, DisposableRuntime>();
function runtimeOf(precision: Precision | undefined, worker = false): DisposableRuntime {
  const key = `${precision} ${worker}`;
  const found = runtimes.get(key) ?? nodeRuntime({ device: "cpu", threads: 1, worker, precision });
  runtimes.set(key, found);
  return found;
}
afterAll(async () => {
  for (const runtime of runtimes.values()) await runtime.dispose();
});

async function compute(
  weights: ParameterSource,
  precision?: Precision,
  options: { readonly worker?: boolean; readonly keepFloat32?: (name: string) => boolean } = {},
): Promise<Float32Array> {
  await using executable = await runtimeOf(precision, options.worker).load(block(), weights, {
    keepFloat32: options.keepFloat32,
  });
  return (await executable.run({ x }))["y"]?.data as Float32Array;
}

/** ‖a − b‖ / ‖b − x‖: relative to what the block adds. */
function error(a: Float32Array, b: Float32Array): number {
  let [difference, norm] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += ((a[i] as number) - (b[i] as number)) ** 2;
    norm += ((b[i] as number) - (x.data[i] as number)) ** 2;
  }
  return Math.sqrt(difference / norm);
}

describe("a block", () => {
  test("is within each precision of float32, and nearer where more is kept", async () => {
    const exact = await compute(inMemory);
    const found = {
      float16: error(await compute(inMemory, "float16"), exact),
      int8: error(await compute(inMemory, "int8"), exact),
      kept: error(await compute(inMemory, "int8", { keepFloat32: (name) => name.startsWith("up") }), exact),
    };
    expect(found.float16).toBeGreaterThan(1e-5);
    expect(found.float16).toBeLessThan(1e-3);
    expect(found.int8).toBeGreaterThan(2e-3);
    expect(found.int8).toBeLessThan(2e-2);
    expect(found.kept).toBeLessThan(0.9 * found.int8);
    expect(error(await compute(inMemory, "int8", { keepFloat32: () => true }), exact)).toBe(0);
  });

  for (const precision of ["float16", "int8"] as const) {
    test(`is the same in ${precision} from memory and from a file, here and in a worker`, async () => {
      const mine = await compute(inMemory, precision);
      expect(await compute(file, precision)).toEqual(mine);
      expect(await compute(inMemory, precision, { worker: true })).toEqual(mine);
      expect(await compute(file, precision, { worker: true })).toEqual(mine);
      // The caller's own weights are left as they were.
      expect((tensors["up.weight"] as PlainTensor<"float32">).data.length).toBe(hidden * width);
    });
  }

  test("takes weights stored as float16 in every precision, from memory and files", async () => {
    const exact = await compute(inMemory);
    const halves = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => [
        name,
        { dtype: "float16", shape, data: float32ToFloat16(data) } satisfies PlainTensor,
      ]),
    );
    for (const source of [memoryParameters(halves), await inFile("float16.bin", halves)]) {
      expect(error(await compute(source), exact)).toBeLessThan(1e-3);
      expect(error(await compute(source, "float16"), exact)).toBeLessThan(1e-3);
      expect(error(await compute(source, "int8"), exact)).toBeLessThan(2e-2);
    }
  });
});

test("without weights a graph is computed as it is written: its parameters are fed", async () => {
  const given = input("x", [1, rows, width]);
  const source = graph("fed", [given], { y: ops.matmul(given, parameter("w", [width, hidden])) });
  const w: PlainTensor = {
    dtype: "float32",
    shape: [width, hidden],
    data: (tensors["up.weight"] as PlainTensor<"float32">).data,
  };
  const run = async (precision: Precision) => {
    await using executable = await runtimeOf(precision).load(source);
    return (await executable.run({ x, w }))["y"]?.data;
  };
  expect(await run("int8")).toEqual(await run("float32"));
});

describe("refused", () => {
  test("a precision that does not exist", () => {
    const message = /precision is "fp16", expected one of float32, float16, int8/;
    expect(() => nodeRuntime({ precision: "fp16" as never })).toThrow(message);
    expect(() => webRuntime({ precision: "fp16" as never })).toThrow(message);
  });

  test("float16 on a GPU that has none, before anything is loaded", async () => {
    const real = nodePlatform();
    // The device that is called webgpu computes on the CPU and fails at float16.
    const poor: Platform = { ...real, order: () => ["webgpu"], prepare: (_, settings) => real.prepare("cpu", settings) };
    const broken = { ...makeFloat16Canary(), expected: { product: new Float64Array(64).fill(1e9) } };
    await using runtime = hostRuntime(
      startOnce(async () => directChannel(new Engine(poor))),
      () => ({ device: "webgpu", threads: 1, canary: makeCanary(), float16Canary: broken }),
      { precision: "float16" },
    );
    await expect(runtime.load(block(), inMemory)).rejects.toThrow(
      /"webgpu" does not compute in float16 here.*"float32" or "int8"/,
    );
  });

  test("a matrix that is not what the graph says, or is cut off in its file", async () => {
    const short = { dtype: "float32", shape: [hidden, width], bytes: { kind: "memory", bytes: new Uint8Array(8) } } as const;
    const mixed: ParameterSource = {
      names: () => inMemory.names(),
      get: (name) => (name === "up.weight" ? short : inMemory.get(name)),
    };
    await expect(compute(mixed, "int8")).rejects.toThrow(/1024×512 numbers was to be quantised, but it is float32 .* in 8 bytes/);
    const beyond = {
      ...short,
      bytes: { kind: "file", path: join(folder, "float32.bin"), offset: 1e9, length: 4 * hidden * width },
    } as const;
    const cut: ParameterSource = {
      names: () => inMemory.names(),
      get: (name) => (name === "up.weight" ? beyond : inMemory.get(name)),
    };
    await expect(compute(cut, "int8")).rejects.toThrow(/float32\.bin ends at/);
  });
});
