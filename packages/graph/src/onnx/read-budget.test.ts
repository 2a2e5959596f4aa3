/** What a file asks for is bounded before memory or time is spent on it. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { KnownNumbers } from "./known.js";
import { graphFromOnnx } from "./read.js";
import { caught, floats, ints, model, type Written } from "./read.test-support.js";

const many = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
const tooMuch = /more than the \d+ numbers/;

describe("one node that asks for much is refused", () => {
  const cases: Readonly<Record<string, readonly [Written, RegExp]>> = {
    "samples between all neighbours along thirty axes": [
      { inputs: { x: [1, 1, ...many(30, 2)], g: [1, ...many(30, 1), 30] }, nodes: [{ op: "GridSample", in: ["x", "g"] }] },
      tooMuch,
    ],
    "a long axis from its end": [
      {
        inputs: { x: [2 ** 31] },
        initializers: [ints("s", [-1]), ints("e", [-(2 ** 40)]), ints("a", [0])],
        nodes: [{ op: "Slice", in: ["x", "s", "e", "a", "s"] }],
      },
      tooMuch,
    ],
    "writing at a place that names no axis": [
      { initializers: [ints("i", [0], []), floats("u", [1])], nodes: [{ op: "ScatterND", in: ["x", "i", "u"] }] },
      /name no axis/,
    ],
    "making an axis larger again and again": [
      {
        initializers: [floats("roi", []), floats("s", many(1000, 1.5))],
        nodes: [{ op: "Resize", in: ["x", "roi", "s"], ints: { axes: many(1000, 0) } }],
      },
      /names an axis twice/,
    ],
    "diagonals without end": [
      {
        inputs: { x: [2 ** 20, 2 ** 20] },
        nodes: [{ op: "Einsum", in: many(5, "x"), text: { equation: `${many(5, "ii").join(",")}->i` } }],
      },
      tooMuch,
    ],
    "an equation of a million letters": [
      { nodes: [{ op: "Einsum", in: ["x"], text: { equation: `abc->${"c".repeat(2 ** 20)}` } }] },
      /1048\d+ letters/,
    ],
    "neighbours without end": [{ inputs: { x: [1, 2, 3] }, nodes: [{ op: "LRN", in: ["x"], ints: { size: 2 ** 20 } }] }, tooMuch],
    "steps without end": [
      {
        inputs: { x: [2 ** 30, 1, 1], w: [1, 4, 1], r: [1, 4, 1] },
        nodes: [{ op: "LSTM", in: ["x", "w", "r"], ints: { hidden_size: 1 } }],
      },
      tooMuch,
    ],
    "sequences without end": [
      {
        inputs: { x: [2, 20000] },
        initializers: [ints("l", many(20000, 1))],
        nodes: [{ op: "ReverseSequence", in: ["x", "l"] }],
      },
      tooMuch,
    ],
    "adding to one place again and again": [
      {
        inputs: { x: [1], u: [20000] },
        initializers: [ints("i", many(20000, 0))],
        nodes: [{ op: "ScatterElements", in: ["x", "i", "u"], text: { reduction: "add" } }],
      },
      tooMuch,
    ],
    "a sum of one value again and again": [{ nodes: [{ op: "Sum", in: many(20000, "x") }] }, tooMuch],
    "more of the largest than there are": [
      { initializers: [ints("k", [2 ** 40])], nodes: [{ op: "TopK", in: ["x", "k"] }] },
      /there are no 1099511627776/,
    ],
    "a tile to more than memory": [
      { initializers: [ints("n", [2 ** 40, 2 ** 40, 1])], nodes: [{ op: "Tile", in: ["x", "n"] }] },
      /at most 2\^40 elements/,
    ],
  };
  for (const [title, [written, why]] of Object.entries(cases)) {
    it(title, () => {
      expect(caught(model(written)).message).toMatch(why);
    });
  }
  it("and a count below 0 does not make room for it", () => {
    const known = new KnownNumbers(new Map());
    known.spend(-1e12, "it");
    expect(() => known.spend(1e9, "it")).toThrow(tooMuch);
  });
});

const op = (
  opType: string,
  input: readonly string[],
  output: string,
  more: Partial<Pick<NodeProto, "attribute" | "domain">> = {},
) => create(NodeProtoSchema, { opType, input: [...input], output: [output], ...more });
const branch = (name: string, node: NodeProto[], initializer: ReturnType<typeof floats>[] = []) =>
  create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.GRAPH,
    g: create(GraphProtoSchema, {
      node,
      initializer: initializer.map((one) => create(TensorProtoSchema, one)),
      output: [create(ValueInfoProtoSchema, { name: "t" })],
    }),
  });

/** A file that calls one function of (a, condition) again and again. */
function calling(body: NodeProto[], times: number): Uint8Array {
  const made = fromBinary(
    ModelProtoSchema,
    model({
      inputs: { x: [1] },
      initializers: [ints("one", [1], [])],
      nodes: [{ op: "Equal", in: ["one", "one"], out: ["yes"] }],
    }),
  );
  const nameOf = (i: number) => (i === 0 ? "x" : i === times ? "y" : `v${i}`);
  for (let i = 0; i < times; i++) made.graph?.node.push(op("F", [nameOf(i), "yes"], nameOf(i + 1), { domain: "own" }));
  made.functions.push(create(FunctionProtoSchema, { name: "F", domain: "own", input: ["a", "c"], output: ["b"], node: body }));
  return toBinary(ModelProtoSchema, made);
}

describe("a function that is called again and again", () => {
  it("pays for the constants that it reads", () => {
    const t = create(TensorProtoSchema, floats("", many(10000, 1)));
    const value = create(AttributeProtoSchema, { name: "value", type: AttributeProto_AttributeType.TENSOR, t });
    const body = [op("Constant", [], "k", { attribute: [value] }), op("ReduceSum", ["k"], "s"), op("Mul", ["a", "s"], "b")];
    expect(graphFromOnnx(calling(body, 100)).graph.outputs["y"]?.shape).toEqual([1]);
    expect(caught(calling(body, 1000)).message).toMatch(tooMuch);
  });
  it("pays for the names that it holds", () => {
    expect(caught(calling([op("Sum", many(10000, "a"), "unread"), op("Neg", ["a"], "b")], 1000)).message).toMatch(tooMuch);
  });
  it("has its branches looked through once, and one copy of their weights", () => {
    const idle = Array.from({ length: 20000 }, (_, i) => op("Neg", ["a"], `n${i}`));
    const taken = branch("then_branch", [op("Mul", ["a", "w"], "t")], [floats("w", [2])]);
    const attribute = [taken, branch("else_branch", [...idle, op("Neg", ["a"], "t")])];
    const started = process.cpuUsage();
    const { weights } = graphFromOnnx(calling([op("If", ["c"], "b", { attribute })], 3000));
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(6);
    expect(weights.names()).toEqual(["w"]);
  });
});
