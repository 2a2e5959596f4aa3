/** What is written runs in ONNX Runtime and agrees with the reference interpreter. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createRandom, elementCount } from "@foley-control/core";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { InferenceSession } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { linear } from "../layers/linear.js";
import * as f from "../ops/functions.js";
import { opTable } from "../ops/table.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { opCases } from "../testing/op-cases.js";
import { float, graph, input, named, nodesOf, parameter, parametersOf } from "../value.js";
import { dtypeOfElementType, elementType, elementTypeName } from "./element-type.js";
import { toOnnx } from "./write.js";

/** float32 arithmetic of ONNX Runtime against float64, relative to max(1, |value|). */
const TOLERANCE = 1e-5;

const flat = (results: ReturnType<typeof evaluate>) =>
  Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));

describe("every op in ONNX Runtime", () => {
  const cases = opCases(1);
  for (const { title, graph: source, feeds } of cases) {
    it(title, async () => {
      expect(difference(await runOnnx(toOnnx(source), source, feeds), flat(evaluate(source, feeds)))).toBeLessThan(TOLERANCE);
    });
  }
  it("is covered", () => {
    const covered = new Set(cases.flatMap(({ graph: source }) => nodesOf(source).map((made) => made.op)));
    expect(Object.keys(opTable).filter((op) => !covered.has(op))).toEqual([]);
  });
});

describe("toOnnx", () => {
  it("gives the same bytes for the same graph", () => {
    const bytes = () => toOnnx(opCases(2)[0]?.graph as never);
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
  });

  it("writes what the reference serialiser writes", () => {
    const external = () => ({ location: "ü.bin", offset: 2 ** 33, length: 48, dtype: "float16" as const });
    for (const { title, graph: source } of opCases(3)) {
      for (const bytes of [toOnnx(source), toOnnx(source, { external, fuseTransposed: true })])
        expect(Buffer.compare(bytes, toBinary(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes))), title).toBe(0);
    }
  });

  it("knows the element types of ONNX by number and name", () => {
    const names = Object.values(TensorProto_DataType).filter((name) => typeof name === "string");
    expect(names.map((_, type) => elementTypeName(type))).toEqual(names);
    expect(elementTypeName(names.length)).toBe(`type ${names.length}`);
    for (const [dtype, type] of Object.entries(elementType)) {
      expect(TensorProto_DataType[type]).toBe(dtype === "float32" ? "FLOAT" : dtype.toUpperCase());
      expect(dtypeOfElementType(type)).toBe(dtype);
    }
    expect(dtypeOfElementType(TensorProto_DataType.BFLOAT16)).toBe("float32");
  });

  it("points parameters at external data, with a cast where the stored type differs", async () => {
    const x = input("x", [2, 3]);
    const source = graph("linear", [x], { y: linear(x, "fc", 4, true) });
    const weight = Float32Array.from({ length: 12 }, (_, i) => i / 8 - 0.5);
    const file = new Uint8Array(8 + 48 + 8);
    file.set(new Uint8Array(weight.buffer), 8);
    // Bias as float16: 1, 2, 0.5, -1.
    file.set(new Uint8Array(Uint16Array.of(0x3c00, 0x4000, 0x3800, 0xbc00).buffer), 56);
    const bytes = toOnnx(source, {
      external: (name) =>
        name === "fc.weight"
          ? { location: "w.bin", offset: 8, length: 48 }
          : { location: "w.bin", offset: 56, length: 8, dtype: "float16" },
    });
    expect(bytes.length).toBeLessThan(1000);
    const feeds = { x: [1, 2, 3, 4, 5, 6] };
    const found = await runOnnx(bytes, source, feeds, [{ path: "w.bin", data: file }]);
    const expected = evaluate(source, { ...feeds, "fc.weight": weight, "fc.bias": [1, 2, 0.5, -1] });
    expect(difference(found, flat(expected))).toBeLessThan(TOLERANCE);
  });

  it("lets the runtime fold what depends on parameters alone, though they lie outside", async () => {
    const x = input("x", [1, 3, 8]);
    const direction = parameter("v", [4, 3, 7]);
    const length = f.sqrt(f.sum(f.square(direction), [1, 2], true));
    const weight = f.multiply(direction, f.divide(parameter("g", [4, 1, 1]), length));
    const source = graph("weight norm", [x], { y: f.convolution(x, weight, { padding: 3 }) });
    const random = createRandom(1, "weight norm");
    const files = Object.fromEntries(
      [...parametersOf(source)].map(([name, { shape }]) => [
        name,
        Float32Array.from({ length: elementCount(shape) }, () => random.normal()),
      ]),
    );
    const bytes = toOnnx(source, {
      external: (name) => ({ location: name, offset: 0, length: 4 * (files[name] as Float32Array).length }),
    });
    const folder = await mkdtemp(join(tmpdir(), "foley-fold-"));
    try {
      const optimizedModelFilePath = join(folder, "optimised.onnx");
      const session = await InferenceSession.create(bytes, {
        externalData: Object.entries(files).map(([path, { buffer }]) => ({ path, data: new Uint8Array(buffer) })),
        optimizedModelFilePath,
        logSeverityLevel: 3,
      });
      await session.release();
      const { graph: left } = fromBinary(ModelProtoSchema, await readFile(optimizedModelFilePath));
      expect(left?.node.map(({ opType }) => opType)).toEqual(["Conv"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("makes a parameter without a location an input", async () => {
    const x = input("x", [2]);
    const w = parameter("w", [2]);
    const source = graph("g", [x], { y: f.multiply(f.multiply(x, w), parameter("w", [2])) });
    const found = await runOnnx(toOnnx(source), { ...source, inputs: [x, w] }, { x: [1, 2], w: [3, 4] });
    expect(found).toEqual({ y: [9, 32] });
  });

  it("copes with outputs that are inputs, constants, shared, or labelled with the output's own name", async () => {
    const x = input("x", [2]);
    const middle = named(f.exp(x), "y");
    const source = graph("g", [x], { same: x, fixed: float([7, 8]), y: middle, again: middle, other: named(x, "Exp") });
    const found = await runOnnx(toOnnx(source), source, { x: [0, 1] });
    expect(difference(found, { same: [0, 1], fixed: [7, 8], y: [1, Math.E], again: [1, Math.E], other: [0, 1] })).toBeLessThan(
      1e-6,
    );
  });

  it("copes with labels that are used twice and labels named like inputs", async () => {
    const x = input("x", [1]);
    const source = graph("g", [x], { y: named(f.add(named(f.add(named(x, "x"), 1), "a"), 1), "a") });
    expect(await runOnnx(toOnnx(source), source, { x: [1] })).toEqual({ y: [3] });
  });

  it("refuses an output named like an input", () => {
    const x = input("x", [1]);
    expect(() => toOnnx(graph("g", [x], { x: f.add(x, 1) }))).toThrow(/output name "x".*also the name of an input/);
  });

  it("writes many nodes of one op in linear time", () => {
    const x = input("x", [1]);
    let y = x;
    for (let i = 0; i < 20_000; i++) y = f.add(y, x);
    const before = process.cpuUsage().user;
    toOnnx(graph("deep", [x], { y }));
    // Microseconds of this process. Searching a free name from 1 each time would take minutes.
    expect(process.cpuUsage().user - before).toBeLessThan(10e6);
  });
});

describe("products with a transposed weight as one op", () => {
  const [x, w, v] = [input("x", [2, 3, 4]), parameter("w", [5, 4]), parameter("v", [5, 4])];
  const turned = f.transpose(w, [1, 0]);
  // `v` is read transposed by something else too, so its transpose stays.
  const kept = f.transpose(v, [1, 0]);
  const source = graph("products", [x], { y: f.matmul(x, turned), z: f.add(f.matmul(x, kept), f.sum(kept, [0])) });
  it("gives the same numbers", async () => {
    const everything = { ...source, inputs: [x, w, v] };
    const random = createRandom(3, "products");
    const feeds = Object.fromEntries(
      [x, w, v].map(({ name, shape }) => [
        name as string,
        Array.from({ length: elementCount(shape) }, () => Math.fround(random.normal())),
      ]),
    );
    const fused = await runOnnx(toOnnx(source, { fuseTransposed: true }), everything, feeds);
    expect(difference(fused, flat(evaluate(source, feeds)))).toBeLessThan(TOLERANCE);
  });
  it("leaves out the transposes that nothing reads any more", () => {
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
    const count = (bytes: Uint8Array, op: string) => text(bytes).split(op).length - 1;
    const [plain, fused] = [toOnnx(source), toOnnx(source, { fuseTransposed: true })];
    expect([count(plain, "FusedMatMul"), count(fused, "FusedMatMul")]).toEqual([0, 2]);
    expect(count(fused, "perm")).toBe(1);
    expect(count(plain, "perm")).toBe(2);
  });
});

describe("the squares of a parameter, summed", () => {
  const [x, w] = [input("x", [2, 3, 4]), parameter("w", [5, 3, 4])];
  const squares = f.square(w);
  const text = (source: ReturnType<typeof graph>) => Buffer.from(toOnnx(source)).toString("latin1");
  it("are one op, so that no runtime holds them", async () => {
    const source = graph("length", [x], { y: f.add(f.sum(x, [2]), f.sum(f.square(w), [0, 2])) });
    const feeds = { x: Array.from({ length: 24 }, (_, i) => i / 7), w: Array.from({ length: 60 }, (_, i) => Math.sin(i)) };
    const everything = { ...source, inputs: [x, w] };
    expect(text(source)).toContain("ReduceSumSquare");
    expect(text(source)).not.toContain("Mul");
    expect(difference(await runOnnx(toOnnx(source), everything, feeds), flat(evaluate(source, feeds)))).toBeLessThan(TOLERANCE);
  });
  it("stay where something else reads them, and of an input", () => {
    expect(text(graph("both", [x], { y: f.sum(squares, [1]), z: squares }))).toContain("Mul");
    expect(text(graph("own", [x], { y: f.sum(f.square(x), [1]) }))).not.toContain("ReduceSumSquare");
  });
});
