/** Files as other tools write them, in ONNX Runtime as they are and as they are read: ops of its own domain, old op sets, and what this project writes. */
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { differentiate, gradientName } from "../passes/differentiate.js";
import { runOnnx } from "../testing/onnx-runtime.js";
import { graph, input, parameter, parametersOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { caught, evaluated, floats, ints, model, type Written } from "./read.test-support.js";
import { toOnnx } from "./write.js";

const microsoft = "com.microsoft";
const wave = (n: number, step: number) => Array.from({ length: n }, (_, i) => Math.fround(Math.sin(step * (i + 1))));
const x = wave(24, 0.7);

const cases: Readonly<Record<string, Written>> = {
  "com.microsoft.Gelu": { nodes: [{ op: "Gelu", in: ["x"], domain: microsoft }] },
  "com.microsoft.QuickGelu": { nodes: [{ op: "QuickGelu", in: ["x"], domain: microsoft }] },
  "com.microsoft.QuickGelu with a factor": {
    nodes: [{ op: "QuickGelu", in: ["x"], floats: { alpha: 1.25 }, domain: microsoft }],
  },
  "com.microsoft.FastGelu": {
    nodes: [{ op: "FastGelu", in: ["x", "b"], domain: microsoft }],
    initializers: [floats("b", wave(4, 0.3))],
  },
  "com.microsoft.BiasGelu": {
    nodes: [{ op: "BiasGelu", in: ["x", "b"], domain: microsoft }],
    initializers: [floats("b", wave(4, 0.3))],
  },
  "com.microsoft.FusedMatMul": {
    nodes: [{ op: "FusedMatMul", in: ["x", "w"], ints: { transA: 1, transB: 1 }, floats: { alpha: 0.5 }, domain: microsoft }],
    initializers: [floats("w", wave(15, 0.9), [5, 3])],
  },
  "com.microsoft.SkipLayerNormalization": {
    nodes: [{ op: "SkipLayerNormalization", in: ["x", "s", "g", "b", "c"], domain: microsoft }],
    initializers: [
      floats("s", wave(24, 0.2), [2, 3, 4]),
      floats("g", wave(4, 1)),
      floats("b", wave(4, 2)),
      floats("c", wave(4, 3)),
    ],
  },
  "com.microsoft.RotaryEmbedding": {
    nodes: [{ op: "RotaryEmbedding", in: ["x", "p", "cos", "sin"], domain: microsoft }],
    initializers: [ints("p", [1]), floats("cos", wave(8, 0.4), [4, 2]), floats("sin", wave(8, 0.6), [4, 2])],
  },
  "the standard's RotaryEmbedding": {
    opset: 23,
    nodes: [{ op: "RotaryEmbedding", in: ["x", "cos", "sin", "p"], ints: { num_heads: 1 } }],
    initializers: [
      ints("p", [1, 2, 3, 0, 1, 3], [2, 3]),
      floats("cos", wave(8, 0.4), [4, 2]),
      floats("sin", wave(8, 0.6), [4, 2]),
    ],
  },
  "Softmax before op set 13": { opset: 11, nodes: [{ op: "Softmax", in: ["x"], ints: { axis: 1 } }] },
  "LogSoftmax before op set 13": { opset: 11, nodes: [{ op: "LogSoftmax", in: ["x"] }] },
  "Upsample of op set 9": {
    opset: 9,
    inputs: { x: [1, 1, 4, 6] },
    nodes: [{ op: "Upsample", in: ["x", "s"], text: { mode: "linear" } }],
    initializers: [floats("s", [1, 1, 2, 1.5])],
  },
  "Resize of op set 10": {
    opset: 10,
    inputs: { x: [1, 1, 4, 6] },
    nodes: [{ op: "Resize", in: ["x", "s"] }],
    initializers: [floats("s", [1, 1, 0.5, 2])],
  },
  "GroupNormalization with a number per channel": {
    opset: 21,
    inputs: { x: [2, 4, 3] },
    nodes: [{ op: "GroupNormalization", in: ["x", "g", "b"], ints: { num_groups: 2 } }],
    initializers: [floats("g", wave(4, 1)), floats("b", wave(4, 2))],
  },
  "Slice backwards": {
    nodes: [{ op: "Slice", in: ["x", "from", "to", "axes", "steps"] }],
    initializers: [ints("from", [-1]), ints("to", [-100]), ints("axes", [2]), ints("steps", [-2])],
  },
  "Dropout of op set 7": { opset: 7, nodes: [{ op: "Dropout", in: ["x"] }] },
};

describe("as in ONNX Runtime", () => {
  for (const [title, written] of Object.entries(cases)) {
    it(title, async () => {
      const bytes = model(written);
      const found = graphFromOnnx(bytes);
      const right = (await runOnnx(bytes, found.graph, { x }))["y"] ?? [];
      const got = [...(evaluated(found, { x })["y"] ?? [])];
      expect(got).toHaveLength(right.length);
      for (const [i, value] of got.entries()) expect(Math.abs(value - (right[i] as number))).toBeLessThan(1e-5);
    });
  }
});

it("reads back products that were written as one op", () => {
  const [a, w] = [input("a", [2, 3]), parameter("w", [4, 3])];
  const source = graph("product", [a], { y: f.matmul(a, f.transposeLast(w)) });
  const read = graphFromOnnx(
    toOnnx(source, { fuseTransposed: true, external: () => ({ location: "w.bin", offset: 0, length: 48 }) }),
  );
  expect([...parametersOf(read.graph).keys()]).toEqual(["w"]);
  expect(read.graph.outputs["y"]?.shape).toEqual([2, 4]);
});

it("nothing flows back to a length of 0, and the length of a vector is its slope elsewhere", () => {
  const { graph: read } = graphFromOnnx(
    model({ inputs: { x: [2, 2] }, nodes: [{ op: "ReduceL2", in: ["x", "axes"] }], initializers: [ints("axes", [1])] }),
  );
  const y = read.outputs["y"] as NonNullable<(typeof read.outputs)[string]>;
  const loss = differentiate(graph("loss", read.inputs, { loss: f.sum(y, [0, 1]) }), "loss", ["x"]);
  const slopes = evaluate(loss, { x: [0, 0, 3, 4] })[gradientName("x")]?.data ?? [];
  expect(Array.from(slopes, (value) => Math.round(value * 1e6) / 1e6)).toEqual([0, 0, 0.6, 0.8]);
});

it("an op of one domain is none of another", () => {
  expect(caught(model({ nodes: [{ op: "QuickGelu", in: ["x"] }] })).message).toMatch(/the op QuickGelu is not supported/);
  expect(caught(model({ nodes: [{ op: "Exp", in: ["x"], domain: microsoft }] })).message).toMatch(
    /com\.microsoft\.Exp is not supported/,
  );
});

it("refuses what would take the place of many other things", () => {
  const many = (op: string, initializers: NonNullable<Written["initializers"]>, more = {}) =>
    caught(model({ nodes: [{ op, in: ["x", ...initializers.map((one) => one?.name ?? "")], ...more }], initializers })).code;
  expect(many("Pad", [ints("p", [0, 0, 0, 0, 0, 2 ** 40])], { text: { mode: "edge" } })).toBe("bad-file");
  expect(many("Resize", [floats("roi", []), floats("s", [1, 1, 1e9])], { text: { mode: "linear" } })).toBe("bad-file");
  expect(many("OneHot", [ints("d", [2 ** 40], [1]), floats("v", [0, 1])])).toBe("bad-file");
  expect(many("ScatterND", [ints("i", [5, 0, 0], [1, 3]), floats("u", [1])])).toBe("bad-file");
  expect(many("LRN", [], { ints: { size: 2 ** 40 } })).toBe("bad-file");
});
