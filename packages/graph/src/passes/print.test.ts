import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as f from "../ops/functions.js";
import { smallDit } from "../testing/dit.js";
import { constant, float, graph, input, named } from "../value.js";
import { print } from "./print.js";

const golden = new URL("../../fixtures/dit-block.graph.txt", import.meta.url);

describe("print", () => {
  it("gives the same text for a graph that is built twice", () => {
    expect(print(smallDit(2))).toBe(print(smallDit(2)));
  });

  it("matches the dump that is checked in", () => {
    const text = print(smallDit(1));
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, "utf8"));
  });

  it("shows constants, labels and the order of attributes plainly", () => {
    const x = input("x", [2]);
    const half = constant(Uint16Array.of(0x3c00), [], "float16");
    const source = graph("g", [x], {
      y: named(f.add(f.multiply(x, float([1, 2])), -0), "label"),
      z: f.cast(half, "float32"),
      p: f.pad(x, 0, 1, 2),
    });
    expect(print(source).split("\n")).toEqual([
      "graph g",
      "  input x: float32[2]",
      "  %0 = Mul(x, float32[2](#b82facd8)): float32[2]",
      "  %1 = Add(%0, float32[](-0)): float32[2]",
      "  %2 = Identity(%1): float32[2] # label",
      '  %3 = Cast(float16[](1)) {to="float32"}: float32[]',
      "  %4 = Pad(x) {after=2 axis=0 before=1}: float32[5]",
      "  output y = %2: float32[2]",
      "  output z = %3: float32[]",
      "  output p = %4: float32[5]",
      "",
    ]);
  });
});
