/** Attention from one packed matrix: few questions are answered as many are, for less work. */
import { createRandom, type GraphValue } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { evaluate } from "../evaluate.js";
import { slice } from "../ops/functions.js";
import { flopsOf } from "../passes/describe.js";
import { graph, input } from "../value.js";
import { packedAttention } from "./packed-attention.js";

const [batch, rows, width, heads] = [2, 9, 16, 2];

const random = createRandom(5, "packed attention");
const numbers = (count: number) => Array.from({ length: count }, () => random.normal() / 2);
const feeds = {
  "a.in_proj_weight": numbers(3 * width * width),
  "a.in_proj_bias": numbers(3 * width),
  "a.out_proj.weight": numbers(width * width),
  "a.out_proj.bias": numbers(width),
};
const [x, others] = [input("x", [batch, rows, width]), input("others", [batch, rows, width])];
const given = { ...feeds, x: numbers(batch * rows * width), others: numbers(batch * rows * width) };
const valuesOf = (y: GraphValue) => Array.from(evaluate(graph("attention", [x, others], { y }), given)["y"]?.data ?? []);
const close = (found: readonly number[], expected: readonly number[]) =>
  expect(Math.max(...found.map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(1e-6);

describe("few questions", () => {
  test.each([1, 2])("the first %i rows are answered as where all ask", (queries) => {
    const all = packedAttention(x, "a", { heads });
    close(valuesOf(packedAttention(x, "a", { heads, queries })), valuesOf(slice(all, 1, 0, queries)));
  });
  test("rows of their own are answered as where many ask", () => {
    const all = packedAttention(x, "a", { heads, queriesFrom: others });
    close(valuesOf(packedAttention(x, "a", { heads, queriesFrom: slice(others, 1, 2, 4) })), valuesOf(slice(all, 1, 2, 4)));
  });
  test("cost no keys and values of every row", () => {
    const wide = input("x", [1, 200, 64]);
    const work = (queries: number) => flopsOf(graph("attention", [wide], { y: packedAttention(wide, "a", { heads, queries }) }));
    expect(work(1)).toBeLessThan(work(200) / 10);
  });
});
