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
