/** Models as other programs write them agree with ONNX Runtime. */
import { describe, expect, it } from "vitest";
import { randomFeeds } from "../testing/dit.js";
import { difference, runOnnx } from "../testing/onnx-runtime.js";
import { nodesOf, parametersOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { evaluated, float32, floats, ints, model, type Written, weightsOf } from "./read.test-support.js";
import { toOnnx } from "./write.js";

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
