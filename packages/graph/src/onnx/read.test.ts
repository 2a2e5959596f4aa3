/** Reading what was written gives the same network; reading what others write, or forge, gives a network or a clear error. */
import { create, toBinary } from "@bufbuild/protobuf";
import { FoleyError, type Graph, parameterTensor } from "@foley-control/core";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { countNodes } from "../passes/describe.js";
import { hoist } from "../passes/hoist.js";
import { splice } from "../passes/splice.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { opCases } from "../testing/op-cases.js";
import { nodesOf, parametersOf, valuesOf } from "../value.js";
import { graphFromOnnx, type ImportedGraph, type OnnxReadOptions } from "./read.js";
import { toOnnx } from "./write.js";

type Feeds = Readonly<Record<string, ArrayLike<number>>>;
const flat = (results: ReturnType<typeof evaluate>) =>
  Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));

/** Numbers of the parameters that an import found in memory. */
function weightsOf({ weights }: ImportedGraph): Record<string, ArrayLike<number>> {
  const entries = weights.names().map((name) => {
    const stored = weights.get(name);
    if (!stored) throw new Error(name);
    return [name, Array.from(parameterTensor(name, stored).data as ArrayLike<number | bigint>, Number)] as const;
  });
  return Object.fromEntries(entries);
}
const evaluated = (found: ImportedGraph, feeds: Feeds) => flat(evaluate(found.graph, { ...weightsOf(found), ...feeds }));

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
    expect(() => graphFromOnnx(bytes)).toThrow(/takes 192 bytes; its external data in "model.onnx.data" is said to be "0"/);
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

/** A model as other exporters write it. */
interface Written {
  readonly nodes: readonly WrittenNode[];
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly initializers?: readonly Parameters<typeof create<typeof TensorProtoSchema>>[1][];
  readonly outputs?: readonly string[];
  readonly opset?: number;
}
interface WrittenNode {
  readonly op: string;
  readonly in: readonly string[];
  readonly out?: readonly string[];
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly text?: Readonly<Record<string, string>>;
  readonly domain?: string;
}

const float32 = TensorProto_DataType.FLOAT;
const info = (name: string, dims: readonly (number | string)[] | undefined) =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: float32,
          ...(dims && {
            shape: {
              dim: dims.map((dim) => ({
                value:
                  typeof dim === "number"
                    ? { case: "dimValue" as const, value: BigInt(dim) }
                    : { case: "dimParam" as const, value: dim },
              })),
            },
          }),
        },
      },
    },
  });

function model({ nodes, inputs = { x: [2, 3, 4] }, initializers = [], outputs = ["y"], opset = 18 }: Written): Uint8Array {
  const node = (one: WrittenNode, i: number) =>
    create(NodeProtoSchema, {
      opType: one.op,
      domain: one.domain ?? "",
      name: `/${one.op}_${i}`,
      input: [...one.in],
      output: [...(one.out ?? ["y"])],
      attribute: [
        ...Object.entries(one.ints ?? {}).map(([name, value]) =>
          create(
            AttributeProtoSchema,
            typeof value === "number"
              ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }
              : { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) },
          ),
        ),
        ...Object.entries(one.floats ?? {}).map(([name, f32]) =>
          create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: f32 }),
        ),
        ...Object.entries(one.text ?? {}).map(([name, s]) =>
          create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s: new TextEncoder().encode(s) }),
        ),
      ],
    });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: "", version: BigInt(opset) },
        { domain: "com.microsoft", version: 1n },
      ],
      graph: {
        name: "g",
        node: nodes.map(node),
        input: Object.entries(inputs).map(([name, dims]) => info(name, dims)),
        output: outputs.map((name) => info(name, undefined)),
        initializer: initializers.map((tensor) => create(TensorProtoSchema, tensor)),
      },
    }),
  );
}

const ints = (name: string, values: readonly number[], dims = [values.length]) => ({
  name,
  dims: dims.map(BigInt),
  dataType: TensorProto_DataType.INT64,
  int64Data: values.map(BigInt),
});
const floats = (name: string, values: readonly number[], dims = [values.length]) => ({
  name,
  dims: dims.map(BigInt),
  dataType: float32,
  floatData: [...values],
});

describe("models as others write them agree with ONNX Runtime", () => {
  const cases: Readonly<Record<string, Written & { readonly ops?: readonly string[] }>> = {
    "Gemm with everything": {
      inputs: { x: [3, 2] },
      initializers: [floats("w", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [4, 3]), floats("b", [1, 2, 3, 4])],
      nodes: [{ op: "Gemm", in: ["x", "w", "b"], ints: { transA: 1, transB: 1 }, floats: { alpha: 0.5, beta: 2 } }],
    },
    "Conv by default": {
      initializers: [floats("w", [1, -2, 3, 0.5, 2, -1], [1, 3, 2])],
      nodes: [{ op: "Conv", in: ["x", "w"] }],
    },
    "Conv with the same length, the odd place at the end": {
      inputs: { x: [1, 2, 7] },
      initializers: [floats("w", [1, -2, 3, 0.5, 2, -1, 1, 4], [1, 2, 4]), floats("b", [3])],
      nodes: [{ op: "Conv", in: ["x", "w", "b"], ints: { strides: [2], dilations: [1] }, text: { auto_pad: "SAME_UPPER" } }],
    },
    "Conv with the same length, the odd place at the beginning": {
      inputs: { x: [1, 2, 6] },
      initializers: [floats("w", [1, -2, 3, 0.5, 2, -1, 1, 4], [1, 2, 4])],
      nodes: [{ op: "Conv", in: ["x", "w"], text: { auto_pad: "SAME_LOWER" } }],
    },
    "ConvTranspose by default": {
      initializers: [floats("w", [1, -2, 3, 0.5, 2, -1], [3, 1, 2])],
      nodes: [{ op: "ConvTranspose", in: ["x", "w"], ints: { kernel_shape: [2] }, text: { auto_pad: "VALID" } }],
    },
    "Reshape with 0 and -1": { initializers: [ints("s", [0, -1])], nodes: [{ op: "Reshape", in: ["x", "s"] }] },
    "Reshape to a shape that the graph computes": {
      initializers: [ints("i", [1], []), ints("two", [2], []), ints("axes", [0]), ints("from2", [1]), ints("minus", [-1])],
      nodes: [
        { op: "Shape", in: ["x"], out: ["shape"] },
        { op: "Gather", in: ["shape", "i"], out: ["rows"] },
        { op: "Mul", in: ["rows", "two"], out: ["double"] },
        { op: "Div", in: ["double", "two"], out: ["same"] },
        { op: "Unsqueeze", in: ["same", "axes"], out: ["list"] },
        { op: "Slice", in: ["shape", "axes", "from2"], out: ["first"] },
        { op: "Concat", in: ["list", "first", "minus"], out: ["target"], ints: { axis: 0 } },
        { op: "Reshape", in: ["x", "target"] },
      ],
      ops: ["Reshape"],
    },
    "Slice of several axes, to the end, from the end": {
      initializers: [ints("starts", [1, -3]), ints("ends", [2 ** 53, -1]), ints("axes", [-2, 2]), ints("steps", [2, 1])],
      nodes: [{ op: "Slice", in: ["x", "starts", "ends", "axes", "steps"] }],
      ops: ["Slice", "Slice"],
    },
    "Slice by attributes": {
      opset: 9,
      nodes: [{ op: "Slice", in: ["x"], ints: { starts: [0, 1], ends: [2, 9], axes: [1, 2] } }],
    },
    "Split by attribute": {
      opset: 11,
      outputs: ["a", "b"],
      nodes: [{ op: "Split", in: ["x"], out: ["a", "b"], ints: { axis: -1, split: [1, 3] } }],
    },
    "Split in equal parts": {
      opset: 13,
      outputs: ["a", "b"],
      nodes: [{ op: "Split", in: ["x"], out: ["a", "b"], ints: { axis: 2 } }],
    },
    "Split by number": {
      inputs: { x: [2, 3, 5] },
      outputs: ["a", "b", "c"],
      nodes: [{ op: "Split", in: ["x"], out: ["a", "b", "c"], ints: { axis: 2, num_outputs: 3 } }],
    },
    "Squeeze by attribute": { opset: 11, inputs: { x: [1, 3, 1] }, nodes: [{ op: "Squeeze", in: ["x"], ints: { axes: [-1] } }] },
    "Squeeze of everything": { inputs: { x: [1, 3, 1] }, nodes: [{ op: "Squeeze", in: ["x"] }] },
    "Unsqueeze by attribute": { opset: 11, nodes: [{ op: "Unsqueeze", in: ["x"], ints: { axes: [0, -1] } }] },
    "Unsqueeze by input": { initializers: [ints("axes", [-1, 0])], nodes: [{ op: "Unsqueeze", in: ["x", "axes"] }] },
    "ReduceMean by attribute": { opset: 13, nodes: [{ op: "ReduceMean", in: ["x"], ints: { axes: [-1], keepdims: 0 } }] },
    "ReduceSum of everything": { nodes: [{ op: "ReduceSum", in: ["x"] }] },
    "ReduceSum of nothing": { nodes: [{ op: "ReduceSum", in: ["x"], ints: { noop_with_empty_axes: 1 } }] },
    ReduceMin: { initializers: [ints("axes", [1])], nodes: [{ op: "ReduceMin", in: ["x", "axes"] }] },
    ReduceL2: { initializers: [ints("axes", [1])], nodes: [{ op: "ReduceL2", in: ["x", "axes"], ints: { keepdims: 0 } }] },
    ReduceSumSquare: { initializers: [ints("axes", [1])], nodes: [{ op: "ReduceSumSquare", in: ["x", "axes"] }] },
    "Pad by attribute": { opset: 10, nodes: [{ op: "Pad", in: ["x"], ints: { pads: [0, 1, 0, 0, 0, 2] } }] },
    "Pad of named axes": {
      initializers: [ints("pads", [1, 2]), ints("axes", [-1])],
      nodes: [{ op: "Pad", in: ["x", "pads", "", "axes"] }],
    },
    "Pow by 2": { initializers: [floats("two", [2], [])], nodes: [{ op: "Pow", in: ["x", "two"] }], ops: ["Mul"] },
    "Pow by the integer 3": {
      initializers: [ints("three", [3], [])],
      nodes: [{ op: "Pow", in: ["x", "three"] }],
      ops: ["Mul", "Mul"],
    },
    "Pow of a positive by 0.5": {
      initializers: [floats("half", [0.5], [])],
      nodes: [
        { op: "Exp", in: ["x"], out: ["e"] },
        { op: "Pow", in: ["e", "half"] },
      ],
      ops: ["Exp", "Sqrt"],
    },
    "Pow of a positive by a vector": {
      initializers: [floats("p", [0.5, 1.5, -1, 2])],
      nodes: [
        { op: "Exp", in: ["x"], out: ["e"] },
        { op: "Pow", in: ["e", "p"] },
      ],
    },
    Flatten: { nodes: [{ op: "Flatten", in: ["x"], ints: { axis: 2 } }] },
    "Dropout when it does nothing": { nodes: [{ op: "Dropout", in: ["x"] }], ops: [] },
    "Expand in both directions": {
      inputs: { x: [3, 1] },
      initializers: [ints("s", [2, 1, 4])],
      nodes: [{ op: "Expand", in: ["x", "s"] }],
    },
    ConstantOfShape: {
      initializers: [ints("s", [4])],
      nodes: [
        { op: "ConstantOfShape", in: ["s"], out: ["c"] },
        { op: "Add", in: ["x", "c"] },
      ],
    },
    Range: {
      nodes: [
        { op: "Constant", in: [], out: ["zero"], ints: { value_int: 0 } },
        { op: "Constant", in: [], out: ["four"], ints: { value_int: 4 } },
        { op: "Constant", in: [], out: ["one"], ints: { value_int: 1 } },
        { op: "Range", in: ["zero", "four", "one"], out: ["r"] },
        { op: "Cast", in: ["r"], out: ["rf"], ints: { to: float32 } },
        { op: "Mul", in: ["x", "rf"] },
      ],
    },
    Tile: { initializers: [ints("r", [1, 2, 3])], nodes: [{ op: "Tile", in: ["x", "r"] }] },
    "Softmax of another axis": { nodes: [{ op: "Softmax", in: ["x"], ints: { axis: 0 } }] },
    "Transpose by default": { nodes: [{ op: "Transpose", in: ["x"] }] },
    "MatMul with vectors": {
      initializers: [floats("v", [1, 2, 3, 4]), floats("r", [1, 2])],
      nodes: [
        { op: "MatMul", in: ["x", "v"], out: ["m"] },
        { op: "MatMul", in: ["r", "m"] },
      ],
    },
    "Less, LessOrEqual, Not, Where": {
      initializers: [floats("zero", [0], []), floats("half", [0.5], [])],
      nodes: [
        { op: "Less", in: ["x", "zero"], out: ["l"] },
        { op: "Not", in: ["l"], out: ["n"] },
        { op: "Where", in: ["n", "x", "zero"], out: ["w"] },
        { op: "LessOrEqual", in: ["x", "half"], out: ["le"] },
        { op: "Where", in: ["le", "w", "half"] },
      ],
    },
    Clip: {
      initializers: [floats("low", [-0.5], []), floats("high", [0.5], [])],
      nodes: [{ op: "Clip", in: ["x", "low", "high"] }],
    },
    "Clip from above": { initializers: [floats("high", [0.5], [])], nodes: [{ op: "Clip", in: ["x", "", "high"] }] },
    LeakyRelu: { nodes: [{ op: "LeakyRelu", in: ["x"], floats: { alpha: 0.2 } }] },
    "Sum and Max of three": {
      nodes: [
        { op: "Sum", in: ["x", "x", "x"], out: ["s"] },
        { op: "Max", in: ["x", "s", "x"] },
      ],
    },
    "Gelu by tanh": { opset: 20, nodes: [{ op: "Gelu", in: ["x"], text: { approximate: "tanh" } }] },
    "Gelu of com.microsoft": { nodes: [{ op: "Gelu", in: ["x"], domain: "com.microsoft" }], ops: ["Gelu"] },
    "LayerNormalization by default": {
      initializers: [floats("w", [1, 2, 3, 4]), floats("b", [4, 3, 2, 1])],
      nodes: [{ op: "LayerNormalization", in: ["x", "w", "b"] }],
    },
    "MultiHeadAttention by default scale": {
      nodes: [{ op: "MultiHeadAttention", in: ["x", "x", "x"], ints: { num_heads: 2 }, domain: "com.microsoft" }],
    },
    "RotaryEmbedding from a later position": {
      initializers: [ints("at", [1], [1]), floats("c", [1, 0.8, 0.5, 0.1], [4, 1]), floats("s", [0, 0.6, 0.8, 0.9], [4, 1])],
      nodes: [{ op: "RotaryEmbedding", in: ["x", "at", "c", "s"], domain: "com.microsoft" }],
      ops: ["Slice", "Slice", "RotaryEmbedding"],
    },
    "Identity chains": {
      nodes: [
        { op: "Identity", in: ["x"], out: ["a"] },
        { op: "Identity", in: ["a"], out: ["b"] },
        { op: "Exp", in: ["b"] },
      ],
    },
    "a sine of the size": {
      nodes: [
        { op: "Size", in: ["x"], out: ["n"] },
        { op: "Cast", in: ["n"], out: ["nf"], ints: { to: 1 } },
        { op: "Div", in: ["x", "nf"] },
      ],
    },
  };
  for (const [title, { ops, ...written }] of Object.entries(cases)) {
    it(title, async () => {
      const bytes = model(written);
      const found = graphFromOnnx(bytes);
      const feeds = randomFeeds({ ...found.graph, outputs: {} }, 1);
      const expected = await runOnnx(bytes, found.graph, feeds);
      expect(difference(evaluated(found, feeds), expected)).toBeLessThan(1e-5);
      const everything = { ...found.graph, inputs: [...found.graph.inputs, ...parametersOf(found.graph).values()] };
      expect(
        difference(await runOnnx(toOnnx(found.graph), everything, { ...weightsOf(found), ...feeds }), expected),
      ).toBeLessThan(1e-5);
      if (ops && ops.length > 0) expect(nodesOf(found.graph).map((made) => made.op)).toEqual(ops);
      // What only computes shapes is gone.
      expect(nodesOf(found.graph).filter((made) => made.outputs[0]?.dtype === "int64")).toEqual([]);
    });
  }
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

  it("takes windows that do not overlap the edge, and says which it does not take", () => {
    const pooled = (ints: Readonly<Record<string, number | readonly number[]>>) =>
      model({ inputs: { x: [1, 1, 5] }, nodes: [{ op: "MaxPool", in: ["x"], ints: { kernel_shape: [2], ...ints } }] });
    const pads = { pads: [0, 0], strides: [2], ceil_mode: 0, dilations: [1] };
    expect(evaluated(graphFromOnnx(pooled(pads)), { x: [1, 3, 2, 0, 9] }).y).toEqual(Float64Array.of(3, 2));
    expect(evaluated(graphFromOnnx(pooled({})), { x: [1, 3, 2, 0, 9] }).y).toEqual(Float64Array.of(3, 3, 2, 9));
    for (const other of [{ pads: [0, 1] }, { ceil_mode: 1 }, { dilations: [2] }])
      expect(caught(pooled(other)).message).toMatch(/MaxPool.*only windows without padding, dilation, rounding up/);
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
    expect(error.message).toMatch(/node NonMaxSuppression "\/NonMaxSuppression_1".*is not supported.*Known ops: Abs, Add/);
    expect(caught(model({ nodes: [{ op: "Exp", in: ["x"], domain: "com.example" }] })).message).toMatch(/com\.example\.Exp/);
    expect(caught(model({ nodes: [{ op: "toString", in: ["x"] }] })).code).toBe("unsupported");
    expect(caught(model({ opset: 25, nodes: [{ op: "Exp", in: ["x"] }] })).message).toMatch(/op set 25; 9 to 21/);
    expect(caught(model({ nodes: [{ op: "Reshape", in: ["x", "x"] }] })).message).toMatch(
      /input 1 must be known when the graph is read/,
    );
  });
});

function caught(bytes: Uint8Array, options?: OnnxReadOptions): FoleyError {
  try {
    graphFromOnnx(bytes, options);
  } catch (error) {
    if (FoleyError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("hostile files", () => {
  const external = (entries: Readonly<Record<string, string>>, dims = [2n]) =>
    model({
      inputs: { x: [2] },
      nodes: [{ op: "Mul", in: ["x", "w"] }],
      initializers: [
        {
          name: "w",
          dims,
          dataType: float32,
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
        },
      ],
    });
  const exp = [{ op: "Exp", in: ["x"] }];
  const bad: Readonly<Record<string, Uint8Array>> = {
    "an empty file": new Uint8Array(0),
    text: new TextEncoder().encode("this is not a model at all"),
    "a negative size of an input": model({ inputs: { x: [-1] }, nodes: exp }),
    "a huge input": model({ inputs: { x: [2 ** 40, 2 ** 40] }, nodes: exp }),
    "a negative size of a weight": model({ nodes: exp, initializers: [{ ...floats("w", []), dims: [-4n] }] }),
    "a huge weight without data": model({ nodes: exp, initializers: [{ ...floats("w", []), dims: [2n ** 62n, 2n ** 62n] }] }),
    "a weight with too little data": model({ nodes: exp, initializers: [floats("w", [1, 2], [3])] }),
    "a path upwards": external({ location: "../secret", offset: "0", length: "8" }),
    "a path upwards in the middle": external({ location: "a/../../secret", offset: "0", length: "8" }),
    "an absolute path": external({ location: "/etc/passwd", offset: "0", length: "8" }),
    "a drive": external({ location: "C:\\secret", offset: "0", length: "8" }),
    "a protocol": external({ location: "file://secret", offset: "0", length: "8" }),
    "no path": external({}),
    "a negative offset": external({ location: "w.bin", offset: "-8", length: "8" }),
    "an offset that is no number": external({ location: "w.bin", offset: "0x10", length: "8" }),
    "a wrong length": external({ location: "w.bin", offset: "0", length: "12" }),
    "a range behind the end": external({ location: "w.bin", offset: "8", length: "8" }),
    "a value that is not defined": model({ nodes: [{ op: "Exp", in: ["z"] }] }),
    "a cycle": model({
      nodes: [
        { op: "Exp", in: ["y"], out: ["a"] },
        { op: "Exp", in: ["a"] },
      ],
    }),
    "a value defined twice": model({ nodes: [...exp, { op: "Neg", in: ["x"] }] }),
    "an output that is not defined": model({ nodes: exp, outputs: ["z"] }),
    "an output named twice": model({ nodes: exp, outputs: ["y", "y"] }),
    "a missing input": model({ nodes: [{ op: "Add", in: ["x"] }] }),
    "shapes that do not fit": model({ nodes: [{ op: "MatMul", in: ["x", "x"] }] }),
    "an axis that does not exist": model({ nodes: [{ op: "Softmax", in: ["x"], ints: { axis: 7 } }] }),
    "an Expand to more than memory": model({
      inputs: { x: [1] },
      initializers: [ints("s", [2 ** 30, 2 ** 30])],
      nodes: [{ op: "Expand", in: ["x", "s"] }],
    }),
    "a Range without end": model({
      initializers: [ints("a", [0], []), ints("b", [2 ** 50], []), ints("c", [1], [])],
      nodes: [{ op: "Range", in: ["a", "b", "c"] }],
    }),
    "a Range with a step of 0": model({
      initializers: [ints("a", [0], []), ints("b", [5], []), ints("c", [0], [])],
      nodes: [{ op: "Range", in: ["a", "b", "c"] }],
    }),
  };
  for (const [title, bytes] of Object.entries(bad)) {
    it(`${title} is refused`, () => {
      expect(caught(bytes, { externalData: () => new Uint8Array(12) }).code).toBe("bad-file");
    });
  }

  it("never throws anything but a FoleyError on a file that is cut or damaged", () => {
    const whole = toOnnx(smallDit(1), { external: () => undefined });
    const small = toOnnx(opCases(1)[0]?.graph as Graph);
    // The last field names the op sets, 40 bytes; what comes before cannot be left out.
    for (let end = 0; end < small.length - 40; end++)
      expect(["bad-file", "unsupported"]).toContain(caught(small.slice(0, end)).code);
    for (let i = 0; i < 400; i++) {
      const copy = whole.slice();
      copy[(i * 7919) % copy.length] = (i * 31) % 256;
      try {
        graphFromOnnx(copy);
      } catch (error) {
        expect(FoleyError.isInstance(error), String(error)).toBe(true);
      }
    }
  });

  it("does not compute what is large, and keeps the size of constants small", () => {
    const bytes = model({
      inputs: { x: [1] },
      initializers: [ints("s", [2 ** 20, 2 ** 10])],
      nodes: [
        { op: "ConstantOfShape", in: ["s"], out: ["c"] },
        { op: "Add", in: ["x", "c"] },
      ],
    });
    expect(graphFromOnnx(bytes).graph.outputs.y?.shape).toEqual([2 ** 20, 2 ** 10]);
  });
});
