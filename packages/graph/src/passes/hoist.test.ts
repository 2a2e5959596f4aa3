/** step(varying, prologue(rest)) is the whole, and as little as possible crosses. */
import type { Graph, GraphValue } from "@foley-control/core";
import { expect, it, describe as suite } from "vitest";
import { evaluate } from "../evaluate.js";
import { toOnnx } from "../onnx/write.js";
import * as f from "../ops/functions.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { graph, input, named, nodesOf, parameter, parametersOf } from "../value.js";
import { countNodes, describe, flopsOf } from "./describe.js";
import { type Hoisted, hoist } from "./hoist.js";

type Feeds = Readonly<Record<string, ArrayLike<number>>>;
const numbers = (results: ReturnType<typeof evaluate>) =>
  Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
const inTwo = ({ prologue, step }: Hoisted, feeds: Feeds) =>
  numbers(evaluate(step, { ...feeds, ...numbers(evaluate(prologue, feeds)) }));

/** Fails when a prologue output, computed from inputs, could have been left out: it must be read by the step or be its output. */
function expectMinimal({ prologue, step }: Hoisted, source: Graph) {
  const read = new Set<GraphValue>([...nodesOf(step).flatMap((made) => made.inputs), ...Object.values(step.outputs)]);
  const crossing = step.inputs.filter((value) => !source.inputs.includes(value));
  expect(crossing.map((value) => value.name)).toEqual(Object.keys(prologue.outputs));
  for (const value of crossing) expect(read.has(value), `the step reads ${value.name}`).toBe(true);
  expect(new Set(Object.values(prologue.outputs)).size).toBe(crossing.length);
  for (const value of Object.values(prologue.outputs)) expect(dependsOnInput(value)).toBe(true);
}

const dependsOnInput = (root: GraphValue) => nodesOf([root]).some((made) => made.inputs.some((value) => value.kind === "input"));

suite("hoist of a DiT of two blocks", () => {
  const source = smallDit(2);
  const parts = hoist(source, ["x", "t"]);
  const feeds = randomFeeds(source, 1);

  it("gives the same numbers bit for bit in the reference interpreter", () => {
    expect(inTwo(parts, feeds)).toEqual(numbers(evaluate(source, feeds)));
  });

  it("gives the same numbers to 1e-5 in ONNX Runtime", async () => {
    const withParameters = (part: Graph): Graph => ({ ...part, inputs: [...part.inputs, ...parametersOf(part).values()] });
    const run = (part: Graph, given: Feeds) => runOnnx(toOnnx(part), withParameters(part), given);
    const early = await run(parts.prologue, feeds);
    expect(difference(await run(parts.step, { ...feeds, ...early }), await run(source, feeds))).toBeLessThan(1e-5);
  });

  it("passes on the keys and values of each block and the global token, nothing else", () => {
    expectMinimal(parts, source);
    const shapes = Object.values(parts.prologue.outputs).map((value) => value.shape.join());
    expect(shapes.sort()).toEqual(["1,1,16", "1,5,16", "1,5,16", "1,5,16", "1,5,16"]);
  });

  it("leaves the text and the number of seconds to the prologue", () => {
    expect(parts.prologue.inputs.map((value) => value.name)).toEqual(["text", "seconds"]);
    expect(parts.step.inputs.slice(0, 2).map((value) => value.name)).toEqual(["x", "t"]);
    expect([...parametersOf(parts.step).keys()].filter((name) => name.includes(".kv") || name.startsWith("condition"))).toEqual(
      [],
    );
  });

  it("divides the work between the two", () => {
    expect(flopsOf(parts.prologue) + flopsOf(parts.step)).toBe(flopsOf(source));
    expect(countNodes(parts.step)).toBeLessThan(countNodes(source));
    const { ops } = describe(parts.step);
    // Per block qkv, own, q, cross, and two of the feed-forward; in, out and time besides.
    expect(ops.MatMul).toBe(2 * 6 + 3);
    expect(ops.MultiHeadAttention).toBe(4);
  });

  it("can be cut again without a clash of names", () => {
    const again = hoist(parts.step, ["x"]);
    expectMinimal(again, parts.step);
    const early = numbers(evaluate(parts.prologue, feeds));
    expect(inTwo(again, { ...feeds, ...early })).toEqual(numbers(evaluate(source, feeds)));
  });
});

suite("hoist", () => {
  const [x, c] = [input("x", [2, 3]), input("c", [2, 3])];

  it("names what is there when an input is unknown", () => {
    expect(() => hoist(graph("g", [x, c], { y: f.add(x, c) }), ["z"])).toThrow(/has no input "z".*Its inputs are x, c/);
  });

  it("leaves what depends on parameters alone in the step", () => {
    const w = f.exp(parameter("w", [3, 3]));
    const { prologue, step } = hoist(graph("g", [x, c], { y: f.add(f.matmul(x, w), f.matmul(c, w)) }), ["x"]);
    expect(Object.values(prologue.outputs).map((value) => value.node?.op)).toEqual(["MatMul"]);
    expect(
      nodesOf(step)
        .map((made) => made.op)
        .sort(),
    ).toEqual(["Add", "Exp", "MatMul"]);
  });

  it("passes one array once, however often it is made and whatever its labels", () => {
    const make = () => f.exp(c);
    const y = f.add(
      f.add(f.multiply(x, make()), f.subtract(x, make())),
      f.add(f.multiply(x, named(make(), "a")), f.detach(make())),
    );
    const source = graph("g", [x, c], { y, early: make() });
    const parts = hoist(source, ["x"]);
    expect(Object.keys(parts.prologue.outputs)).toHaveLength(1);
    const feeds = { x: [1, 2, 3, 4, 5, 6], c: [6, 5, 4, 3, 2, 1] };
    expect(inTwo(parts, feeds)).toEqual(numbers(evaluate(source, feeds)));
  });

  it("hoists views with what they view", () => {
    const { prologue, step } = hoist(graph("g", [x, c], { y: f.matmul(x, f.transpose(f.exp(c), [1, 0])) }), ["x"]);
    expect(nodesOf(prologue).map((made) => made.op)).toEqual(["Exp", "Transpose"]);
    expect(nodesOf(step).map((made) => made.op)).toEqual(["MatMul"]);
  });

  it("lets the step read an input directly, through a label too", () => {
    const { prologue, step } = hoist(graph("g", [x, c], { y: f.add(x, named(c, "label")), c2: c }), ["x"]);
    expect(Object.keys(prologue.outputs)).toEqual([]);
    expect(prologue.inputs).toEqual([]);
    expect(step.inputs).toEqual([x, c]);
  });

  it("keeps a varying input that the step does not read", () => {
    const { step } = hoist(graph("g", [x, c], { y: f.exp(c) }), ["x"]);
    expect(step.inputs.map((value) => value.name)).toEqual(["x", "hoisted.0"]);
  });

  it("hoists everything when nothing varies", () => {
    const { prologue, step } = hoist(graph("g", [x, c], { y: f.add(x, c) }), []);
    expect(countNodes(step)).toBe(0);
    expect(countNodes(prologue)).toBe(1);
  });
});
