/** Ops on whole numbers and truth values: what is imported computes as ONNX Runtime does with the file, here and when it is written again. */
import { describe, expect, it } from "vitest";
import { runOnnx } from "../testing/onnx-runtime.js";
import { parametersOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { evaluated, floats, ints, model, type Written, weightsOf } from "./read.test-support.js";
import { toOnnx } from "./write.js";

const types = { int8: 3, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
const x = [3, -2, 0, 7, -7, 5, 1, -1, 100, 20, -128, 90];
type Node = Written["nodes"][number];

/** x cast to a type, some nodes from `a` to `b`, cast back. */
const typed = (type: keyof typeof types, nodes: readonly Node[], initializers: Written["initializers"] = []): Uint8Array =>
  model({
    inputs: { x: [3, 4] },
    initializers: initializers ?? [],
    nodes: [
      { op: "Cast", in: ["x"], out: ["a"], ints: { to: types[type] } },
      ...nodes,
      { op: "Cast", in: ["b"], ints: { to: 1 } },
    ],
  });
const by = (
  op: string,
  value: number,
  type: keyof typeof types,
  ints_ = {},
): readonly [readonly Node[], Written["initializers"]] => [
  [
    { op: "Cast", in: ["f"], out: ["c"], ints: { to: types[type] } },
    { op, in: ["a", "c"], out: ["b"], ints: ints_ },
  ],
  [floats("f", [value], [])],
];
const reduced = (op: string): readonly [readonly Node[], Written["initializers"]] => [
  [{ op, in: ["a", "axes"], out: ["b"] }],
  [ints("axes", [1])],
];
const plain = (op: string, more: Partial<Node> = {}): readonly [readonly Node[], Written["initializers"]] => [
  [{ op, in: ["a"], out: ["b"], ...more }],
  [],
];

const cases: readonly (readonly [keyof typeof types, string, readonly [readonly Node[], Written["initializers"]]])[] = [
  ...(["int64", "int32"] as const).flatMap((type) => [
    ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceSumSquare"].map(
      (op) => [type, op, reduced(op)] as const,
    ),
    ...[3, -3].flatMap((value) =>
      ["Add", "Sub", "Mul", "Div", "Mod", "Max", "Min"].map((op) => [type, `${op} ${value}`, by(op, value, type)] as const),
    ),
    [type, "Mod by the sign of the dividend", by("Mod", 3, type, { fmod: 1 })] as const,
    [type, "Relu", plain("Relu")] as const,
  ]),
  ...(["int8", "uint8"] as const).flatMap((type) => ["ReduceMax", "ReduceMin"].map((op) => [type, op, reduced(op)] as const)),
  ...["And", "Or", "Xor", "Equal"].flatMap((op) =>
    [0, 1].map((value) => ["bool", `${op} ${value}`, by(op, value, "bool")] as const),
  ),
  ["bool", "Not", plain("Not")],
  ...(["int64", "int8"] as const).flatMap((type) =>
    [
      [2, 0],
      [0, 1],
      [2, 3],
    ].map((times) => [type, `Tile ${times}`, [[{ op: "Tile", in: ["a", "r"], out: ["b"] }], [ints("r", times)]]] as const),
  ),
];

describe("whole numbers and truth values", () => {
  for (const [type, title, [nodes, initializers]] of cases) {
    it(`${title} of ${type}`, async () => {
      const bytes = typed(type, nodes, initializers);
      const found = graphFromOnnx(bytes);
      let right: readonly number[] | undefined;
      try {
        right = (await runOnnx(bytes, found.graph, { x }))["y"];
      } catch {
        // What ONNX Runtime has no kernel for is no standard to compare with.
        expect(["Relu of int64"]).toContain(`${title} of ${type}`);
        right = x.map((value) => Math.max(0, value));
      }
      expect([...(evaluated(found, { x })["y"] ?? [])]).toEqual(right);
      const everything = { ...found.graph, inputs: [...found.graph.inputs, ...parametersOf(found.graph).values()] };
      expect((await runOnnx(toOnnx(found.graph), everything, { ...weightsOf(found), x }))["y"]).toEqual(right);
    });
  }
});
