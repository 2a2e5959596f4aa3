import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { toOnnx } from "../onnx/write.js";
import * as f from "../ops/functions.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { runOnnx } from "../testing/onnx-runtime.js";
import { opCases } from "../testing/op-cases.js";
import { float, graph, input, named, node, nodesOf, parameter, parametersOf } from "../value.js";
import { differentiate } from "./differentiate.js";
import { print } from "./print.js";
import { simplify } from "./simplify.js";

describe("simplify", () => {
  const x = input("x", [2, 3]);

  it("merges duplicates down to their common root", () => {
    const branch = () =>
      f.layerNormalization(f.matmul(f.multiply(x, float([1, 2, 3])), parameter("w", [3, 3])), parameter("scale", [3]));
    const source = graph("g", [x], { y: f.add(f.exp(branch()), f.exp(branch())), z: branch() });
    const made = simplify(source);
    expect(nodesOf(source)).toHaveLength(12);
    expect(nodesOf(made).map((one) => one.op)).toEqual(["Mul", "MatMul", "LayerNormalization", "Exp", "Add"]);
    const feeds = randomFeeds(source, 1);
    expect(evaluate(made, feeds)).toEqual(evaluate(source, feeds));
  });

  it("keeps apart what differs in an attribute, a label, a sign of zero or a type", () => {
    const source = graph("g", [x], {
      a: f.layerNormalization(x, parameter("s", [3]), undefined, 1e-5),
      b: f.layerNormalization(x, parameter("s", [3]), undefined, 1e-6),
      c: named(x, "c"),
      d: named(x, "d"),
      e: f.add(x, float(0)),
      f: f.add(x, float(-0)),
      g: f.cast(x, "int64"),
      h: f.cast(x, "int32"),
    });
    expect(nodesOf(simplify(source))).toHaveLength(nodesOf(source).length);
  });

  it("removes moves that cancel and joins those that do not", () => {
    const there = f.transpose(x, [1, 0]);
    const source = graph("g", [x], {
      back: f.exp(f.transpose(there, [1, 0])),
      shape: f.exp(f.reshape(f.reshape(x, [6]), [2, 3])),
      joined: f.reshape(f.reshape(x, [6]), [3, 2]),
      turned: f.transpose(f.transpose(f.reshape(x, [1, 2, 3]), [1, 0, 2]), [2, 1, 0]),
      identity: f.exp(node("Identity", [x])[0] as never),
    });
    const made = simplify(source);
    expect(nodesOf(made).map((one) => one.op)).toEqual(["Exp", "Reshape", "Reshape", "Transpose"]);
    const feeds = { x: [1, 2, 3, 4, 5, 6] };
    expect(evaluate(made, feeds)).toEqual(evaluate(source, feeds));
  });

  it("keeps every op, bit for bit in ONNX Runtime", async () => {
    for (const { title, graph: source, feeds } of opCases(3)) {
      const made = simplify(source);
      expect(await runOnnx(toOnnx(made), made, feeds), title).toEqual(await runOnnx(toOnnx(source), source, feeds));
    }
  });

  it("is idempotent, also on a graph of gradients, and keeps the numbers", () => {
    const dit = smallDit(2);
    const loss = graph("loss", dit.inputs, { loss: f.mean(f.square(dit.outputs.v as never), [0, 1, 2]) });
    const source = differentiate(loss, "loss", [...parametersOf(dit).keys()]);
    const once = simplify(source);
    expect(nodesOf(once).length).toBeLessThan(nodesOf(source).length);
    expect(print(simplify(once))).toBe(print(once));
    expect(nodesOf(simplify(once))).toEqual(nodesOf(once));
    const feeds = randomFeeds(source, 2);
    expect(evaluate(once, feeds)).toEqual(evaluate(source, feeds));
  });
});
