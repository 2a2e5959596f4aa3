import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { toOnnx } from "../onnx/write.js";
import * as f from "../ops/functions.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { graph, input, named, nodesOf, parametersOf, valuesOf } from "../value.js";
import { decompose } from "./decompose.js";
import { rewrite } from "./rewrite.js";

const x = input("x", [2]);

describe("rewrite", () => {
  it("rebuilds only what depends on a change, and keeps labels", () => {
    const left = f.exp(x);
    const right = named(f.sin(x), "right");
    const source = graph("g", [x], { left, both: named(f.add(left, right), "both") });
    const made = rewrite(source, { rule: (one, inputs) => (one.op === "Sin" ? [f.cos(inputs[0] as never)] : undefined) });
    expect(made.outputs.left).toBe(left);
    expect(nodesOf(made).map((one) => one.op)).toEqual(["Exp", "Cos", "Identity", "Add", "Identity"]);
    expect(valuesOf(made).flatMap((value) => (value.kind === "node" ? (value.name ?? []) : []))).toEqual(["right", "both"]);
    expect(rewrite(source, {}).outputs).toEqual(source.outputs);
  });

  it("replaces leaves and inputs", () => {
    const wide = input("wide", [2]);
    const source = graph("g", [x], { y: f.exp(x) });
    const made = rewrite(source, { leaf: (value) => (value === x ? wide : value), inputs: [wide] });
    expect(made.outputs.y?.node?.inputs).toEqual([wide]);
  });

  it("does not recurse: a chain of 50,000 nodes is no problem", () => {
    let y = x;
    for (let i = 0; i < 50_000; i++) y = f.negate(y);
    const made = rewrite(graph("deep", [x], { y }), {
      rule: (one, inputs) => (one.op === "Neg" ? [f.abs(inputs[0] as never)] : undefined),
    });
    expect(nodesOf(made)).toHaveLength(50_000);
  });
});

describe("decompose", () => {
  it("equals the fused attention to 1e-5 in ONNX Runtime and to the rounding of its scale in float64", async () => {
    const source = smallDit(1);
    const plain = decompose(source);
    expect(nodesOf(source).filter((one) => one.op === "MultiHeadAttention")).toHaveLength(2);
    expect(nodesOf(plain).filter((one) => one.op === "MultiHeadAttention")).toHaveLength(0);
    const feeds = randomFeeds(source, 5);
    const numbers = (g: typeof source) =>
      Object.fromEntries(Object.entries(evaluate(g, feeds)).map(([name, { data }]) => [name, data]));
    expect(difference(numbers(plain), numbers(source))).toBeLessThan(1e-6);
    const run = (g: typeof source) => runOnnx(toOnnx(g), { ...g, inputs: [...g.inputs, ...parametersOf(g).values()] }, feeds);
    expect(difference(await run(plain), await run(source))).toBeLessThan(1e-5);
  });
});
