/** Functions of a file, branches, constants of DOUBLE, and what nothing needs. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { nodesOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { caught, evaluated, floats, ints, model, type Written } from "./read.test-support.js";

const op = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  domain = "",
  attribute: NodeProto["attribute"] = [],
) => create(NodeProtoSchema, { opType, input: [...input], output: [...output], domain, attribute });
const reference = (name: string, refAttrName: string) =>
  create(AttributeProtoSchema, { name, refAttrName, type: AttributeProto_AttributeType.FLOAT });
const number = (name: string, f: number) => create(AttributeProtoSchema, { name, f, type: AttributeProto_AttributeType.FLOAT });
const branch = (name: string, nodes: readonly NodeProto[], result: string) =>
  create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.GRAPH,
    g: create(GraphProtoSchema, { name, node: [...nodes], output: [create(ValueInfoProtoSchema, { name: result })] }),
  });
const called = (
  name: string,
  input: readonly string[],
  output: readonly string[],
  nodes: readonly NodeProto[],
  attributes = {},
) =>
  create(FunctionProtoSchema, { name, domain: "own", input: [...input], output: [...output], node: [...nodes], ...attributes });

/** A model with nodes and functions that the writer of the other tests does not know. */
function withParts(
  written: Written,
  nodes: readonly NodeProto[],
  functions: readonly ReturnType<typeof called>[] = [],
): Uint8Array {
  const made = fromBinary(ModelProtoSchema, model(written));
  made.graph?.node.push(...nodes);
  made.functions.push(...functions);
  return toBinary(ModelProtoSchema, made);
}
const doubles = (name: string, values: readonly number[], dims = [values.length]) =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: TensorProto_DataType.DOUBLE, doubleData: [...values] });
const one = { inputs: { x: [2] }, nodes: [] };
const y = (bytes: Uint8Array, x = [1, -2]) => [...(evaluated(graphFromOnnx(bytes), { x })["y"] ?? [])];

describe("functions of a file", () => {
  it("take attributes of the call, have defaults, call others, and label what is inside", () => {
    const steep = called("Steep", ["a"], ["b"], [op("LeakyRelu", ["a"], ["b"], "", [reference("alpha", "slope")])], {
      attribute: ["slope"],
    });
    const mild = called("Mild", ["a"], ["b"], [op("LeakyRelu", ["a"], ["b"], "", [reference("alpha", "slope")])], {
      attributeProto: [number("slope", 0.5)],
    });
    const both = called(
      "Both",
      ["p"],
      ["q"],
      [op("Steep", ["p"], ["s"], "own", [number("slope", 3)]), op("Mild", ["s"], ["q"], "own")],
    );
    const bytes = withParts(one, [op("Both", ["x"], ["y"], "own")], [steep, mild, both]);
    expect(y(bytes)).toEqual([1, -3]);
    expect(nodesOf(graphFromOnnx(bytes).graph).flatMap(({ outputs }) => outputs.map(({ name }) => name ?? ""))).toContain(
      "y/s/b",
    );
  });

  it("that unfold without end are refused before they do", () => {
    const chain = Array.from({ length: 40 }, (_, i) =>
      called(
        `F${i}`,
        ["a"],
        ["b"],
        [
          op(i < 39 ? `F${i + 1}` : "Neg", ["a"], ["c"], i < 39 ? "own" : ""),
          op(i < 39 ? `F${i + 1}` : "Neg", ["c"], ["b"], i < 39 ? "own" : ""),
        ],
      ),
    );
    expect(caught(withParts(one, [op("F0", ["x"], ["y"], "own")], chain)).message).toMatch(/more than the \d+ numbers/);
    const itself = called("Self", ["a"], ["b"], [op("Self", ["a"], ["b"], "own")]);
    expect(caught(withParts(one, [op("Self", ["x"], ["y"], "own")], [itself])).message).toMatch(/more than 50 deep/);
  });
});

describe("If", () => {
  const taken = (condition: string) =>
    op("If", [condition], ["y"], "", [
      branch("then_branch", [op("Neg", ["x"], ["t"])], "t"),
      branch("else_branch", [op("NoSuchOp", ["x"], ["t"])], "t"),
    ]);
  it("takes the branch that is known, and does not look at the other", () => {
    const written = { ...one, initializers: [ints("a", [1], []), ints("b", [1], [])] };
    expect(y(withParts(written, [op("Equal", ["a", "b"], ["c"]), taken("c")]))).toEqual([-1, 2]);
    expect(caught(withParts(written, [op("Greater", ["a", "b"], ["c"]), taken("c")])).message).toMatch(
      /op NoSuchOp is not supported/,
    );
  });
  it("says so when the condition depends on an input", () => {
    const nodes = [op("ReduceMax", ["x"], ["m"]), op("IsNaN", ["m"], ["c"]), taken("c")];
    expect(caught(withParts(one, nodes))).toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(/which branch is taken/),
    });
  });
});

describe("constants of DOUBLE", () => {
  it("are computed with in float64, until they are cast", () => {
    const written = { ...one, initializers: [doubles("a", [1e300], []), doubles("b", [1e-300], []), doubles("c", [3], [])] };
    const nodes = [
      op("Mul", ["a", "b"], ["one"]),
      op("Div", ["one", "c"], ["third"]),
      op("Cast", ["third"], ["f"], "", [create(AttributeProtoSchema, { name: "to", i: 1n })]),
    ];
    expect(y(withParts(written, [...nodes, op("Mul", ["x", "f"], ["y"])]), [3, 6])).toEqual(
      [1, 2].map((n) => expect.closeTo(n, 6)),
    );
  });
  it("must not meet what is not known", () => {
    const written = { ...one, initializers: [doubles("a", [2, 3])] };
    expect(caught(withParts(written, [op("Mul", ["x", "a"], ["y"])])).message).toMatch(/Mul "y" computes in DOUBLE/);
    expect(caught(withParts(written, [op("Identity", ["a"], ["y"])])).message).toMatch(/output "y" holds elements of DOUBLE/);
  });
});

it("whole numbers beyond 2^53 are folded exactly, and larger than their type wrap", () => {
  const large = 2 ** 53;
  const written = { inputs: { x: [1] }, initializers: [ints("a", [large]), ints("b", [1]), ints("shape", [1])], nodes: [] };
  const nodes = [
    op("Add", ["a", "b"], ["c"]),
    op("Sub", ["c", "a"], ["d"]),
    op("Cast", ["d"], ["f"], "", [create(AttributeProtoSchema, { name: "to", i: 1n })]),
  ];
  expect(y(withParts(written, [...nodes, op("Mul", ["x", "f"], ["y"])]), [7])).toEqual([7]);
  const product = [
    op("Mul", ["a", "a"], ["c"]),
    op("Cast", ["c"], ["f"], "", [create(AttributeProtoSchema, { name: "to", i: 1n })]),
  ];
  expect(y(withParts(written, [...product, op("Mul", ["x", "f"], ["y"])]), [7])).toEqual([0]);
});

describe("what no output needs", () => {
  it("is not read, whatever it is", () => {
    const text = create(TensorProtoSchema, { name: "s", dims: [1n], dataType: TensorProto_DataType.STRING });
    const nodes = [op("Neg", ["x"], ["y"]), op("NoSuchOp", ["s"], ["z"])];
    expect(y(withParts({ ...one, initializers: [text] }, nodes))).toEqual([-1, 2]);
  });
  it("but a name that is there twice is an error all the same", () => {
    expect(
      caught(withParts(one, [op("Neg", ["x"], ["y"]), op("NoSuchOp", ["x"], ["z"]), op("Abs", ["x"], ["z"])])).message,
    ).toMatch(/"z" twice/);
  });
  it("such as the mask of a Dropout", () => {
    const written = { ...one, initializers: [floats("r", [0.5], [])] };
    expect(y(withParts(written, [op("Dropout", ["x", "r"], ["y", "mask"])]))).toEqual([1, -2]);
  });
});
