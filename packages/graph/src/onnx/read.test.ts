/** Reading what was written gives the same network; reading what others write gives it with its labels, sizes and free inputs. */
import type { Graph } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { countNodes } from "../passes/describe.js";
import { hoist } from "../passes/hoist.js";
import { splice } from "../passes/splice.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { opCases } from "../testing/op-cases.js";
import { parametersOf, valuesOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { caught, evaluated, flat, floats, model } from "./read.test-support.js";
import { toOnnx } from "./write.js";

describe("round trip", () => {
  for (const { title, graph: source, feeds } of opCases(4)) {
    it(title, async () => {
      const bytes = toOnnx(source);
      const found = graphFromOnnx(bytes);
      expect(found.weights.names()).toEqual([]);
      expect(countNodes(found.graph)).toBeLessThanOrEqual(countNodes(source));
      expect(difference(evaluated(found, feeds), flat(evaluate(source, feeds)))).toBeLessThan(1e-6);
      const again = toOnnx(found.graph);
      expect(await runOnnx(again, found.graph, feeds)).toEqual(await runOnnx(bytes, source, feeds));
    });
  }

  it("keeps a DiT: inputs, parameters, labels, and what the passes do with it", async () => {
    const source = smallDit(2);
    const feeds = randomFeeds(source, 1);
    const parameters = [...parametersOf(source).keys()];
    let end = 0;
    const bytes = toOnnx(source, {
      external: (_name, value) => {
        const offset = end;
        end += 4 * value.shape.reduce((product, n) => product * n, 1);
        return { location: "weights/dit.bin", offset, length: end - offset };
      },
    });
    const file = new Uint8Array(end);
    let at = 0;
    for (const name of parameters) {
      file.set(new Uint8Array(Float32Array.from(feeds[name] as number[]).buffer), at);
      at += 4 * (feeds[name] as number[]).length;
    }
    const found = graphFromOnnx(bytes, { externalData: () => file });
    expect(found.graph.inputs.map(({ name, shape }) => [name, shape])).toEqual(
      source.inputs.map(({ name, shape }) => [name, shape]),
    );
    expect(found.weights.names()).toEqual(parameters);
    expect(countNodes(found.graph)).toBe(countNodes(source));
    const given = Object.fromEntries(
      source.inputs.map((value) => [value.name, feeds[value.name as string] as number[]]),
    ) as Record<string, number[]>;
    expect(difference(evaluated(found, given), flat(evaluate(source, feeds)))).toBeLessThan(1e-6);
    const everything = (g: Graph) => ({ ...g, inputs: [...g.inputs, ...parametersOf(g).values()] });
    const direct = await runOnnx(toOnnx(source), everything(source), feeds);
    expect(difference(await runOnnx(toOnnx(found.graph), everything(found.graph), feeds), direct)).toBeLessThan(1e-6);

    const label = "blocks.1.textCrossAttention";
    const doubled = (g: Graph) => splice(g, label, (value) => f.multiply(value, 2));
    expect(difference(flat(evaluate(doubled(found.graph), feeds)), flat(evaluate(doubled(source), feeds)))).toBeLessThan(1e-6);
    expect(Object.keys(hoist(found.graph, ["x", "t"]).prologue.outputs)).toHaveLength(5);
  });

  it("reads weights in place: a range of the file, no bytes", () => {
    const source = smallDit(1);
    const bytes = toOnnx(source, { external: () => ({ location: "model.onnx.data", offset: 64, length: 0 }) });
    expect(() => graphFromOnnx(bytes)).toThrow(/takes \d+ bytes; its external data in "model.onnx.data" is said to be "0"/);
    const sized = toOnnx(source, {
      external: (_n, value) => ({ location: "model.onnx.data", offset: 64, length: 4 * value.shape.reduce((a, b) => a * b, 1) }),
    });
    const { weights } = graphFromOnnx(sized, { externalData: (location) => `/models/${location}` });
    expect(weights.get("out.weight")).toEqual({
      dtype: "float32",
      shape: [4, 16],
      bytes: { kind: "file", path: "/models/model.onnx.data", offset: 64, length: 256 },
    });
    expect(weights.get("nothing")).toBeUndefined();
  });
});

describe("graphFromOnnx", () => {
  it("gives labels to what a node hands on, and finds them after a rewrite", () => {
    const { graph: found } = graphFromOnnx(
      model({
        nodes: [
          { op: "Dropout", in: ["x"], out: ["drop"] },
          { op: "Exp", in: ["drop"], out: ["e"] },
          { op: "Neg", in: ["e"] },
        ],
      }),
    );
    const labels = (g: Graph) => valuesOf(g).flatMap((value) => (value.kind === "node" ? (value.name ?? []) : []));
    expect(labels(found)).toEqual(["drop", "e", "y"]);
    expect(labels(splice(found, "drop", (value) => f.add(value, 1)))).toEqual(["drop", "e", "y"]);
  });

  it("takes the sizes that a file leaves open", () => {
    const bytes = model({ inputs: { x: ["batch", 3, "time"] }, nodes: [{ op: "Exp", in: ["x"] }] });
    expect(graphFromOnnx(bytes, { shapes: { batch: 2, time: 7 } }).graph.inputs[0]?.shape).toEqual([2, 3, 7]);
    expect(graphFromOnnx(bytes, { shapes: { x: [4, 3, 5] } }).graph.outputs.y?.shape).toEqual([4, 3, 5]);
    expect(() => graphFromOnnx(bytes)).toThrow(/input "x" leaves the size of axis 0 open \("batch"\)/);
    expect(() => graphFromOnnx(bytes, { shapes: { x: [4, 4, 5] } })).toThrow(
      /axis 1 of the input "x" the size 4; the file fixes it to 3/,
    );
    expect(() => graphFromOnnx(bytes, { shapes: { x: [4, 3] } })).toThrow(/2 axes; the file gives it 3/);
    const several = model({ inputs: { x: ["batch", 3], z: ["batch", "2*s0"] }, nodes: [{ op: "MatMul", in: ["z", "x"] }] });
    expect(() => graphFromOnnx(several)).toThrow(
      /axis 0 open \("batch"\); The input "z" .* axis 0 open \("batch"\); .* axis 1 open \("2\*s0"\)\. .*\{ "batch": …, "2\*s0": … \}/,
    );
    expect(graphFromOnnx(several, { shapes: { x: [4, 3], "2*s0": 4 } }).graph.outputs.y?.shape).toEqual([4, 3]);
    expect(() => graphFromOnnx(bytes, { shapes: { x: [4, 2.5, 5] } })).toThrow(/the size 2\.5; the file fixes it to 3/);
    const open = model({ inputs: { x: undefined as never }, nodes: [{ op: "Exp", in: ["x"] }] });
    expect(() => graphFromOnnx(open)).toThrow(/has no shape/);
    expect(graphFromOnnx(open, { shapes: { x: [2] } }).graph.inputs[0]?.shape).toEqual([2]);
  });

  it("leaves the model's own input free when a weight is listed beside it", () => {
    const bytes = model({
      inputs: { x: [2], w: [2] },
      initializers: [floats("w", [3, 4])],
      nodes: [{ op: "Mul", in: ["x", "w"] }],
    });
    const found = graphFromOnnx(bytes);
    expect(found.graph.inputs.map((value) => value.name)).toEqual(["x"]);
    expect(evaluated(found, { x: [1, 2] }).y).toEqual(Float64Array.of(3, 8));
  });

  it("takes windows of every kind, and says what it does not take", () => {
    const pooled = (ints: Readonly<Record<string, number | readonly number[]>>) =>
      model({ inputs: { x: [1, 1, 5] }, nodes: [{ op: "MaxPool", in: ["x"], ints: { kernel_shape: [2], ...ints } }] });
    const pads = { pads: [0, 0], strides: [2], ceil_mode: 0, dilations: [1] };
    expect(evaluated(graphFromOnnx(pooled(pads)), { x: [1, 3, 2, 0, 9] }).y).toEqual(Float64Array.of(3, 2));
    expect(evaluated(graphFromOnnx(pooled({})), { x: [1, 3, 2, 0, 9] }).y).toEqual(Float64Array.of(3, 3, 2, 9));
    expect(evaluated(graphFromOnnx(pooled({ pads: [1, 1], strides: [2] })), { x: [1, 3, 2, 0, 9] }).y).toEqual(
      Float64Array.of(1, 3, 9),
    );
    expect(evaluated(graphFromOnnx(pooled({ strides: [2], ceil_mode: 1 })), { x: [1, 3, 2, 0, 9] }).y).toEqual(
      Float64Array.of(3, 2, 9),
    );
    expect(evaluated(graphFromOnnx(pooled({ dilations: [3] })), { x: [1, 3, 2, 0, 9] }).y).toEqual(Float64Array.of(1, 9));
    const places = model({
      inputs: { x: [1, 1, 5] },
      nodes: [{ op: "MaxPool", in: ["x"], out: ["a", "b"], ints: { kernel_shape: [2] } }],
      outputs: ["a", "b"],
    });
    expect(caught(places).message).toMatch(/MaxPool.*where the largest were is not supported/);
  });

  it("names the op and the node that it does not know", () => {
    const error = caught(
      model({
        nodes: [
          { op: "Exp", in: ["x"], out: ["e"] },
          { op: "NonMaxSuppression", in: ["e"] },
        ],
      }),
    );
    expect(error.code).toBe("unsupported");
    expect(error.message).toMatch(
      /node NonMaxSuppression "\/NonMaxSuppression_1": the op NonMaxSuppression is not supported\. Known ops: Abs, Acos, Acosh, Add,/,
    );
    const several = model({
      nodes: [
        { op: "Scan", in: ["x"], out: ["never read"] },
        { op: "Unique", in: ["x"], out: ["u"] },
        { op: "Own", in: ["u"], out: ["o"], domain: "com.example" },
        { op: "Exp", in: ["o"], out: ["e"] },
        { op: "RotaryEmbedding", in: ["e"], domain: "com.example" },
      ],
    });
    expect(caught(several).message).toMatch(
      /"\/Unique_1": the op Unique is not supported, and neither are com\.example\.Own, com\.example\.RotaryEmbedding, which the model needs as well\./,
    );
    expect(caught(model({ nodes: [{ op: "Exp", in: ["x"], domain: "com.example" }] })).message).toMatch(/com\.example\.Exp/);
    expect(caught(model({ nodes: [{ op: "toString", in: ["x"] }] })).code).toBe("unsupported");
    expect(caught(model({ opset: 29, nodes: [{ op: "Exp", in: ["x"] }] })).message).toMatch(/op set 29; 7 to 28/);
    expect(caught(model({ nodes: [{ op: "Reshape", in: ["x", "x"] }] })).message).toMatch(
      /input 1 must be known when the graph is read/,
    );
  });
});
