import { normalArray } from "@foley-control/core";
import { expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { add, gelu, matmul, transpose } from "../ops/functions.js";
import { graph, input, parameter, valuesOf } from "../value.js";
import { feedForward } from "./feed-forward.js";

it("gives many rows in pieces what it gives all rows at once, and never widens all of them", () => {
  const [rows, width, hidden] = [2500, 3, 5];
  const x = input("x", [1, rows, width]);
  const linear = (value: typeof x, name: string, from: number, to: number) =>
    add(matmul(value, transpose(parameter(`${name}.weight`, [to, from]), [1, 0])), parameter(`${name}.bias`, [to]));
  const once = linear(gelu(linear(x, "a", width, hidden)), "b", hidden, width);
  const pieces = graph("pieces", [x], { y: feedForward(x, ["a", "b"], hidden) });
  const numbers = {
    x: normalArray(1, ["x"], rows * width),
    "a.weight": normalArray(1, ["a"], hidden * width),
    "a.bias": normalArray(1, ["c"], hidden),
    "b.weight": normalArray(1, ["b"], hidden * width),
    "b.bias": normalArray(1, ["d"], width),
  };
  expect(evaluate(pieces, numbers).y?.data).toEqual(evaluate(graph("once", [x], { y: once }), numbers).y?.data);
  const widened = valuesOf(pieces).filter(({ shape }) => shape.at(-1) === hidden && shape.length > 2);
  expect(Math.max(...widened.map(({ shape }) => shape[1] as number))).toBe(1024);
});
