/** What float16 and int8 change in a network, what they leave, and what goes wrong without the islands. */
import {
  FoleyError,
  type Graph,
  type GraphValue,
  INT8_ZERO,
  memoryParameters,
  type PlainTensor,
  parameterTensor,
} from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { layerNorm } from "../layers/layer-norm.js";
import { linear } from "../layers/linear.js";
import { graphFromOnnx } from "../onnx/read.js";
import { toOnnx } from "../onnx/write.js";
import * as f from "../ops/functions.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { constant, float, graph, input, named, nodesOf, parameter, parametersOf, valuesOf } from "../value.js";
import { type Converted, convert, type PrecisionPlan } from "./convert.js";
import { INT8_BLOCK_SIZE } from "./convert-int8.js";
import { differentiate } from "./differentiate.js";
import { FLOAT16_ISLANDS, type Float16Island } from "./float16-islands.js";
import { print } from "./print.js";

type Feeds = Readonly<Record<string, ArrayLike<number>>>;
const numbers = (source: Graph, feeds: Feeds) =>
  Object.fromEntries(Object.entries(evaluate(source, feeds)).map(([name, { data }]) => [name, data]));
const half = (source: Graph, plan: Partial<PrecisionPlan> = {}) => convert(source, { precision: "float16", ...plan }).graph;
const without = (...left: readonly Float16Island[]) => ({ islands: FLOAT16_ISLANDS.filter((one) => !left.includes(one)) });
const typesOf = (source: Graph, op: string) =>
  nodesOf(source)
    .filter((made) => made.op === op)
    .map((made) => made.outputs[0]?.dtype);
const parameterTypes = (source: Graph) =>
  Object.fromEntries([...parametersOf(source)].map(([name, value]) => [name, value.dtype]));
/** ‖a − b‖ / ‖b‖ over all outputs. */
function relative(a: Record<string, Float64Array>, b: Record<string, Float64Array>): number {
  let [difference, norm] = [0, 0];
  for (const [name, right] of Object.entries(b))
    right.forEach((x, i) => {
      difference += ((a[name]?.[i] as number) - x) ** 2;
      norm += x * x;
    });
  return Math.sqrt(difference / norm);
}
const error = (source: Graph, plan: Partial<PrecisionPlan>, feeds: Feeds) =>
  relative(numbers(half(source, plan), feeds), numbers(source, feeds));

describe("float16 of a DiT of two blocks", () => {
  const source = smallDit(2);
  const feeds = randomFeeds(source, 1);
  const converted = half(source);

  it("keeps the interface and the labels, and is close to float32", () => {
    expect(converted.inputs).toEqual(source.inputs);
    expect(converted.outputs["v"]).toMatchObject({ dtype: "float32", shape: [1, 6, 4] });
    const labels = (of: Graph) => valuesOf(of).flatMap((value) => (value.kind === "node" && value.name ? [value.name] : []));
    expect(labels(converted)).toEqual(labels(source));
    const found = error(source, {}, feeds);
    expect(found).toBeGreaterThan(1e-5);
    expect(found).toBeLessThan(5e-3);
  });

  it("computes the same in ONNX Runtime", async () => {
    const everything = { ...source, inputs: [...source.inputs, ...parametersOf(source).values()] };
    // float16 inputs cannot be fed everywhere: parameters are stored as float32 and cast.
    const offsets = new Map<string, number>();
    const bytes: number[] = [];
    for (const [name, value] of parametersOf(source)) {
      offsets.set(name, bytes.length);
      bytes.push(...new Uint8Array(Float32Array.from(feeds[name] as number[]).buffer));
      expect(value.dtype).toBe("float32");
    }
    const model = toOnnx(converted, {
      external: (name) => ({
        location: "w.bin",
        offset: offsets.get(name) as number,
        length: 4 * (feeds[name] as number[]).length,
        dtype: "float32",
      }),
    });
    const found = await runOnnx(model, source, feeds, [{ path: "w.bin", data: Uint8Array.from(bytes) }]);
    const exact = await runOnnx(toOnnx(source), everything, feeds);
    const asArrays = (of: Record<string, readonly number[]>) => ({ v: Float64Array.from(of["v"] as readonly number[]) });
    expect(relative(asArrays(found), asArrays(exact))).toBeLessThan(2e-3);
    expect(relative(asArrays(found), asArrays(exact))).toBeGreaterThan(1e-5);
  });

  it("has its weights in float16, those of the islands in float32", () => {
    const float32 = Object.entries(parameterTypes(converted)).flatMap(([name, dtype]) => (dtype === "float32" ? [name] : []));
    const norms = [0, 1].flatMap((i) => ["norm1", "norm2", "norm3", "norm3.bias"].map((norm) => `blocks.${i}.${norm}`));
    expect(float32.sort()).toEqual([...norms, "out.weight", "time.bias", "time.weight"].sort());
    expect(typesOf(converted, "MultiHeadAttention")).toEqual(new Array(4).fill("float16"));
    expect(typesOf(converted, "LayerNormalization")).toEqual(new Array(6).fill("float32"));
    expect([...typesOf(converted, "Sin"), ...typesOf(converted, "Cos")]).toEqual(["float32", "float32"]);
  });

  it("keeps parameters that it is told to keep, with what is made of them alone", () => {
    const kept = half(source, { keepFloat32: (name) => name.startsWith("blocks.1.own") || name.startsWith("condition") });
    expect(parameterTypes(kept)).toMatchObject({
      "blocks.1.own.weight": "float32",
      "condition.0.weight": "float32",
      "condition.2.weight": "float32",
      "blocks.0.own.weight": "float16",
      "blocks.1.kv.weight": "float16",
    });
    // The text's conditioning reads nothing else, so that its SiLU stays as well.
    expect(typesOf(kept, "Sigmoid").filter((dtype) => dtype === "float32")).toHaveLength(1);
  });

  it("is deterministic, and leaves float32 alone", () => {
    expect(print(half(source))).toBe(print(converted));
    expect(convert(source, { precision: "float32" }).graph).toBe(source);
    expect(() => convert(source, { precision: "bf16" as never })).toThrow(
      /precision is "bf16", expected one of float32, float16, int8/,
    );
  });
});

describe("islands", () => {
  const x = input("x", [1, 3, 64]);
  /** RMS norm as T5 writes it. */
  const rms = (value: GraphValue) => f.divide(value, f.sqrt(f.add(f.mean(f.square(value), [-1], true), 1e-6)));
  const filled = (of: Graph, scale: number): Record<string, number[]> =>
    Object.fromEntries(
      Object.entries(randomFeeds(of, 2)).map(([name, list]) => [name, name === "x" ? list.map((v) => v * scale) : list]),
    );

  it("statistics: squares overflow without them", () => {
    const source = graph("rms", [x], { y: linear(rms(x), "w", 8) });
    const feeds = filled(source, 2000);
    expect(error(source, {}, feeds)).toBeLessThan(1e-3);
    expect(error(source, without("statistics"), feeds)).toBeGreaterThan(0.9);
  });

  it("statistics: a norm written out, as others export it", () => {
    const centred = f.subtract(x, f.mean(x, [-1], true));
    const variance = f.mean(f.multiply(centred, centred), [-1], true);
    const source = graph("norm", [x], { y: linear(f.divide(centred, f.sqrt(f.add(variance, 1e-12))), "w", 8) });
    const feeds = filled(source, 3000);
    expect(error(source, {}, feeds)).toBeLessThan(1e-3);
    expect(error(source, without("statistics"), feeds)).toBeGreaterThan(0.5);
    expect(typesOf(half(source), "MatMul")).toEqual(["float32"]);
  });

  it("residual: what is small beside the stream is lost without it", () => {
    const stream = (value: GraphValue, i: number) => f.add(value, linear(layerNorm(value, `norm.${i}`), `f.${i}`, 64));
    // What is the same in every channel is taken off by the norm.
    let y: GraphValue = f.add(linear(x, "in", 64), linear(x, "large", 64));
    for (let i = 0; i < 6; i++) y = named(stream(y, i), `layer.${i}`);
    const source = graph("residual", [x], { y: layerNorm(y, "norm") });
    const feeds = { ...filled(source, 1), "large.weight": new Array(64 * 64).fill(100) };
    expect(error(source, {}, feeds)).toBeLessThan(0.2 * error(source, without("residual"), feeds));
  });

  it("softmax: a mask of -3.4e38 is a mask, with scores beyond float16's steps", () => {
    const scores = f.add(f.matmul(x, parameter("k", [64, 5])), parameter("bias", [5]));
    const mask = constant(Uint8Array.of(1, 1, 0, 1, 1), [5], "bool");
    const source = graph("softmax", [x], { y: linear(f.softmax(f.where(mask, scores, -3.4028234663852886e38)), "w", 8) });
    const feeds = { ...filled(source, 1), bias: [900, 900, 0, 900.3, 899.7] };
    expect(error(source, {}, feeds)).toBeLessThan(5e-3);
    expect(error(source, without("softmax"), feeds)).toBeGreaterThan(2e-2);
    expect(Object.values(numbers(half(source, without("softmax")), feeds)).every((list) => list.every(Number.isFinite))).toBe(
      true,
    );
  });

  it("waves: an angle of many turns is lost without them, of the time and of a snake", () => {
    const t = input("t", [1]);
    const angle = f.multiply(f.reshape(t, [1, 1]), parameter("frequencies", [1, 16]));
    const time = graph("time", [t], { y: linear(f.concat([f.cos(angle), f.sin(angle)], 1), "w", 8) });
    const feeds = { ...randomFeeds(time, 3), t: [0.99873], frequencies: Array.from({ length: 16 }, (_, i) => 40 * i) };
    expect(error(time, {}, feeds)).toBeLessThan(1e-6);
    expect(error(time, without("waves", "output"), feeds)).toBeGreaterThan(1e-2);
    const snake = graph("snake", [x], { y: linear(f.add(x, f.square(f.sin(f.multiply(x, parameter("a", [64]))))), "w", 8) });
    const wide = { ...filled(snake, 40), a: new Array(64).fill(3) };
    expect(error(snake, {}, wide)).toBeLessThan(0.5 * error(snake, without("waves"), wide));
  });

  it("waves: a transform and what is made of its spectrum, which float16 has no room for", () => {
    const signal = input("signal", [1, 64]);
    const bins = Array.from({ length: 64 * 33 }, (_, i) => (2 * Math.PI * Math.floor(i / 33) * (i % 33)) / 64);
    const part = (wave: (angle: number) => number) => f.matmul(signal, float(bins.map(wave), [64, 33]));
    const power = f.add(f.square(part(Math.cos)), f.square(part(Math.sin)));
    const source = graph("spectrum", [signal], { y: linear(f.divide(part(Math.cos), f.sqrt(f.add(power, 1e-12))), "w", 8) });
    const feeds = { ...randomFeeds(source, 6), signal: Array.from({ length: 64 }, (_, i) => 1e-4 * Math.sin(i * i)) };
    expect(error(source, {}, feeds)).toBeLessThan(1e-3);
    expect(error(source, without("waves"), feeds)).toBeGreaterThan(0.05);
  });

  it("output: is not rounded", () => {
    const source = graph("output", [x], { y: f.tanh(linear(x, "w", 8, true)) });
    const feeds = filled(source, 1);
    const coarse = numbers(half(source, without("output")), feeds)["y"] as Float64Array;
    const fine = numbers(half(source), feeds)["y"] as Float64Array;
    const held = (value: number) => Math.fround(value * 2 ** 11) === value * 2 ** 11;
    expect(coarse.filter(held).length).toBeGreaterThan(fine.filter(held).length);
    expect(parameterTypes(half(source))).toEqual({ "w.weight": "float32", "w.bias": "float32" });
  });
});

describe("float16 of what else there is", () => {
  const x = input("x", [2, 8]);
  const feedsOf = (source: Graph) => randomFeeds(source, 4);

  it("computes what depends on parameters alone in float32 and rounds it once", () => {
    const direction = parameter("v", [8, 8]);
    const normed = f.multiply(direction, f.divide(parameter("g", [8, 1]), f.sqrt(f.sum(f.square(direction), [1], true))));
    const source = graph("weight norm", [x], { y: f.tanh(linear(f.relu(f.matmul(x, f.transpose(normed, [1, 0]))), "w", 8)) });
    const converted = half(source);
    expect(parameterTypes(converted)).toEqual({ v: "float32", g: "float32", "w.weight": "float32" });
    expect(typesOf(converted, "MatMul")).toEqual(["float16", "float32"]);
    const feeds = feedsOf(source);
    expect(relative(numbers(converted, feeds), numbers(source, feeds))).toBeLessThan(2e-3);
  });

  it("stores a parameter once where both types are asked for", () => {
    const shared = parameter("table", [4, 8]);
    const [ids, y] = [input("ids", [2], "int64"), linear(f.relu(f.matmul(x, f.transpose(shared, [1, 0]))), "w", 8)];
    const source = graph("tied", [x, ids], { y: f.tanh(y), rows: f.exp(f.gather(shared, ids)) });
    expect(parameterTypes(half(source))).toMatchObject({ table: "float32" });
    const feeds = { ...feedsOf(source), ids: [1, 3] };
    expect(relative(numbers(half(source), feeds), numbers(source, feeds))).toBeLessThan(2e-3);
  });

  it("leaves integers and truth values alone", () => {
    const seen = f.greater(x, 0.25);
    const source = graph("masks", [x], {
      seen,
      y: f.matmul(f.where(seen, x, 0), parameter("w", [8, 3])),
      n: f.cast(seen, "int32"),
    });
    const converted = half(source);
    expect(Object.values(converted.outputs).map((value) => value.dtype)).toEqual(["bool", "float32", "int32"]);
    const feeds = feedsOf(source);
    expect(numbers(converted, feeds)["seen"]).toEqual(numbers(source, feeds)["seen"]);
  });

  it("takes a network that is in float16 already, as others export it", async () => {
    const w = parameter("w", [8, 8], "float16");
    const y = f.cast(f.matmul(f.cast(x, "float16"), w), "float32");
    const source = graph("imported", [x], { y: f.exp(f.multiply(y, 0.1)) });
    const { graph: imported } = graphFromOnnx(toOnnx(source, { external: () => ({ location: "w", offset: 0, length: 128 }) }));
    const converted = half(imported);
    expect(typesOf(converted, "MatMul")).toEqual(["float16"]);
    expect(parameterTypes(converted)).toEqual({ w: "float16" });
    const feeds = feedsOf(source);
    expect(relative(numbers(converted, feeds), numbers(source, feeds))).toBeLessThan(1e-3);
  });
});

describe("int8", () => {
  const x = input("x", [1, 3, 520]);
  const matrix = parameter("direct", [512, 600]);
  const source = graph("mlp", [x], {
    y: linear(f.tanh(f.matmul(f.tanh(linear(x, "up", 512, true)), matrix)), "small", 16),
    again: linear(x, "up", 512),
  });
  const feeds = randomFeeds(source, 5);
  const weights = memoryParameters(
    Object.fromEntries(
      [...parametersOf(source)].map(([name, { shape }]) => [
        name,
        { dtype: "float32", shape, data: Float32Array.from(feeds[name] as number[]) } satisfies PlainTensor,
      ]),
    ),
  );
  const converted = convert(source, { precision: "int8" });
  const fed = ({ graph: made, parameters }: Converted) => {
    const given = parameters(weights);
    return Object.fromEntries([
      ["x", feeds["x"] as number[]] as const,
      ...[...parametersOf(made).keys()].map(
        (name) => [name, parameterTensor(name, given.get(name) as never).data as Float32Array] as const,
      ),
    ]);
  };

  it("has large matrices as bytes with scales, whichever way they are stored; the rest stays", () => {
    const found = Object.fromEntries(
      [...parametersOf(converted.graph)].map(([name, { dtype, shape }]) => [name, `${dtype} ${shape}`]),
    );
    expect(found).toEqual({
      "up.weight.int8": `uint8 512,9,${INT8_BLOCK_SIZE}`,
      "up.weight.int8.scales": "float32 512,9",
      "up.bias": "float32 512",
      "direct.int8.columns": `uint8 600,8,${INT8_BLOCK_SIZE}`,
      "direct.int8.columns.scales": "float32 600,8",
      "small.weight": "float32 16,600",
    });
    expect(converted.graph.inputs).toEqual(source.inputs);
    const names = converted.parameters(weights).names();
    expect(names).toContain("up.weight");
    expect(names).toContain("up.weight.int8");
  });

  it("is close in the reference interpreter and in ONNX Runtime, which quantises what it multiplies with", async () => {
    const exact = numbers(source, feeds);
    const given = fed(converted);
    const mine = numbers(converted.graph, given);
    expect(relative(mine, exact)).toBeGreaterThan(1e-3);
    expect(relative(mine, exact)).toBeLessThan(2e-2);
    const everything = { ...converted.graph, inputs: [...converted.graph.inputs, ...parametersOf(converted.graph).values()] };
    const found = await runOnnx(toOnnx(converted.graph), everything, given);
    const asArrays = Object.fromEntries(Object.entries(found).map(([name, list]) => [name, Float64Array.from(list)]));
    expect(relative(asArrays, mine)).toBeLessThan(2e-2);
  });

  it("can be trained through: the gradient of what stays is that of the product written out", () => {
    const loss = graph("loss", converted.graph.inputs, {
      loss: f.sum(f.square(converted.graph.outputs["y"] as GraphValue), [0, 1, 2]),
    });
    const given = fed(converted);
    const gradient = numbers(differentiate(loss, "loss", ["up.bias"]), given)["gradient.up.bias"] as Float64Array;
    const at = (change: number) => {
      const bias = Float64Array.from(given["up.bias"] as ArrayLike<number>);
      bias[7] = (bias[7] as number) + change;
      return numbers(loss, { ...given, "up.bias": bias })["loss"]?.[0] as number;
    };
    const step = 1e-4;
    expect(gradient[7]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 3);
  });

  it("keeps parameters that it is told to keep, and what depends on the time alone", () => {
    const kept = convert(source, { precision: "int8", keepFloat32: (name) => name === "direct" });
    expect([...parametersOf(kept.graph).keys()]).toContain("direct");
    const t = input("t", [1, 1]);
    const clock = graph("clock", [t], {
      time: linear(f.sin(f.multiply(t, float(new Float32Array(512).fill(2), [1, 512]))), "w", 512),
    });
    expect([...parametersOf(convert(clock, { precision: "int8" }).graph).keys()]).toEqual(["w.weight"]);
  });

  it("takes weights that were stored quantised, and refuses those of another shape", () => {
    const own = memoryParameters({ "up.weight.int8": { dtype: "uint8", shape: [1], data: Uint8Array.of(INT8_ZERO) } });
    expect(converted.parameters(own).get("up.weight.int8")?.bytes.kind).toBe("memory");
    const wrong = memoryParameters({ direct: { dtype: "float32", shape: [2], data: new Float32Array(2) } });
    expect(() => converted.parameters(wrong).get("direct.int8.columns")).toThrow(FoleyError);
    expect(converted.parameters(wrong).get("up.weight.int8")).toBeUndefined();
  });

  it("is read back from ONNX", async () => {
    const given = fed(converted);
    const found = graphFromOnnx(toOnnx(converted.graph));
    expect(difference(numbers(found.graph, given), numbers(converted.graph, given))).toBeLessThan(1e-6);
  });
});
