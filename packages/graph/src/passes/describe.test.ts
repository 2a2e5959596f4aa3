import { expect, it } from "vitest";
import * as f from "../ops/functions.js";
import { graph, input, named, parameter } from "../value.js";
import { countNodes, describe, flopsOf } from "./describe.js";

it("counts nodes, parameters and floating-point operations", () => {
  const x = input("x", [2, 5, 8]);
  const w = f.transpose(parameter("w", [12, 8]), [1, 0]);
  const y = named(f.matmul(x, w), "y");
  const mixed = f.multiHeadAttention(x, x, y, 2, 1);
  const source = graph("g", [x], { out: f.detach(f.add(mixed, 1)) });
  const product = 2 * 2 * 5 * 8 * 12;
  const attention = 2 * 2 * 5 * 5 * 8 + 2 * 2 * 5 * 5 * 12;
  expect(describe(source)).toEqual({
    nodes: 4,
    foldedAtLoad: 1,
    ops: { Add: 1, MatMul: 1, MultiHeadAttention: 1, Transpose: 1 },
    parameters: 96,
    flops: product + attention,
  });
  expect(countNodes(source)).toBe(4);
  expect(flopsOf(source)).toBe(product + attention);
});

it("counts what convolutions compute", () => {
  const x = input("x", [2, 4, 10]);
  const shorter = f.convolution(x, parameter("w", [6, 2, 3]), { groups: 2, stride: 2, padding: 1 });
  const longer = f.transposedConvolution(shorter, parameter("u", [6, 3, 4]), { stride: 2, padding: 1 });
  expect([shorter.shape, longer.shape]).toEqual([
    [2, 6, 5],
    [2, 3, 10],
  ]);
  // A multiplication and an addition for each tap that an output, or a transposed convolution's input, meets.
  expect(flopsOf(graph("g", [x], { longer }))).toBe(2 * (2 * 6 * 5) * (2 * 3) + 2 * (2 * 6 * 5) * (3 * 4));
});
