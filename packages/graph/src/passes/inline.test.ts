import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { graph, input, named, parameter, parametersOf } from "../value.js";
import { inline } from "./inline.js";
import { splice } from "./splice.js";

describe("inline", () => {
  const [x, z] = [input("x", [2]), input("z", [2])];
  const part = graph("part", [x, z], { sum: f.add(named(f.multiply(x, parameter("w", [2])), "scaled"), z), z });
  const numbers = { a: [1, 2], z: [10, 20], w: [3, 4] };

  it("puts values in the place of inputs, for every output, and leaves the other inputs and the source as they are", () => {
    const a = input("a", [2]);
    const { sum, z: through } = inline(part, { x: f.add(a, 1) });
    const whole = graph("whole", [a, z], { y: f.multiply(sum!, 2), through: through! });
    expect([...evaluate(whole, numbers)["y"]!.data]).toEqual([2 * (2 * 3 + 10), 2 * (3 * 4 + 20)]);
    expect(through).toBe(z);
    expect([...evaluate(part, { ...numbers, x: [1, 1] })["sum"]!.data]).toEqual([13, 24]);
  });

  it("keeps parameters and labels, so that the whole can still be spliced", () => {
    const a = input("a", [2]);
    const whole = graph("whole", [a, z], { y: inline(part, { x: f.negate(a) })["sum"]! });
    expect([...parametersOf(whole).keys()]).toEqual(["w"]);
    expect([...evaluate(splice(whole, "scaled", f.negate), numbers)["y"]!.data]).toEqual([3 + 10, 8 + 20]);
  });

  it("feeds one part from another", () => {
    const a = input("a", [2]);
    const first = inline(part, { x: a })["sum"]!;
    const whole = graph("chain", [a, z], { y: inline(part, { x: first, z: first })["sum"]! });
    expect([...evaluate(whole, numbers)["y"]!.data]).toEqual([13 * 3 + 13, 28 * 4 + 28]);
  });

  it("says what is wrong", () => {
    expect(() => inline(part, { y: x })).toThrow(/"part" has no input "y"/);
    expect(() => inline(part, { x: input("a", [3]) })).toThrow(/"x" of the graph "part" is float32 \[2\], got float32 \[3\]/);
  });
});
