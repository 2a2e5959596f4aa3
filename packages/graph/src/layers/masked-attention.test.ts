import { type GraphValue, normalArray } from "@foley-control/core";
import { expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { greater } from "../ops/functions.js";
import { graph, input } from "../value.js";
import { attention } from "./attention.js";
import { maskedAttention } from "./masked-attention.js";

const [rows, heads, width] = [5, 2, 6];
const [q, k, v] = ["q", "k", "v"].map((name) => input(name, [1, rows, width])) as [GraphValue, GraphValue, GraphValue];
const mask = input("mask", [1, 1, 1, rows]);
const bias = input("bias", [1, heads, rows, rows]);
const seen = greater(mask, 0.5);
const numbers = (key: number): Record<string, Float32Array> => ({
  q: normalArray(1, ["q"], rows * width),
  k: normalArray(key, ["k"], rows * width),
  v: normalArray(key, ["v"], rows * width),
  mask: new Float32Array(rows).fill(1),
  bias: new Float32Array(heads * rows * rows),
});
const run = (y: GraphValue, feeds: Record<string, Float32Array>, inputs = [q, k, v, mask, bias]) =>
  [...(evaluate(graph("attention", inputs, { y }), feeds)["y"]?.data ?? [])].map(Number);
const near = (found: readonly number[], expected: readonly number[]): void => {
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 6);
};

it("is attention where everything is seen, whatever all keys have in common", () => {
  const whole = run(attention(q, k, v, { heads }), numbers(1), [q, k, v]);
  near(run(maskedAttention(q, k, v, { heads, seen }), numbers(1)), whole);
  near(run(maskedAttention(q, k, v, { heads, seen, bias }), { ...numbers(1), bias: numbers(1)["bias"]!.fill(3) }), whole);
  const sharp = run(attention(q, k, v, { heads, scale: 1 }), numbers(1), [q, k, v]);
  near(run(maskedAttention(q, k, v, { heads, seen, scale: 1 }), numbers(1)), sharp);
});

it("takes nothing of rows that are not seen, and more of those that a bias favours", () => {
  const hidden = Float32Array.of(1, 1, 1, 0, 0);
  const changed = numbers(1);
  for (const name of ["k", "v"]) changed[name]!.set(numbers(2)[name]!.subarray(3 * width), 3 * width);
  const y = maskedAttention(q, k, v, { heads, seen, bias });
  expect(run(y, { ...changed, mask: hidden })).toEqual(run(y, { ...numbers(1), mask: hidden }));
  expect(run(y, changed)).not.toEqual(run(y, numbers(1)));
  const only = Float32Array.from({ length: heads * rows * rows }, (_, i) => (i % rows === 2 ? 100 : 0));
  const third = [...numbers(1)["v"]!.subarray(2 * width, 3 * width)];
  near(run(y, { ...numbers(1), bias: only }), Array.from({ length: rows }, () => third).flat());
});
