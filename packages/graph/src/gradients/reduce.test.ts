/** Where a reduction has no single answer. */
import { expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { differentiate, gradientName } from "../passes/differentiate.js";
import { graph, input } from "../value.js";

it("the gradient of ReduceMax is shared by those that are equally large", () => {
  const x = input("x", [2, 3]);
  const g = graph("ties", [x], { loss: f.sum(f.reduceMax(x, [1]), [0]) });
  const result = evaluate(differentiate(g, "loss", ["x"]), { x: [1, 5, 2, 3, 3, 0] });
  expect([...(result[gradientName("x")]?.data ?? [])]).toEqual([0, 1, 0, 0.5, 0.5, 0]);
});
