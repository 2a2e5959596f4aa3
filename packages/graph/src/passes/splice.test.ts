import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { randomFeeds, smallDit } from "../testing/dit.js";
import { graph, input, named, nodesOf, parameter, parametersOf } from "../value.js";
import { splice } from "./splice.js";

const outputOf = (source: Parameters<typeof evaluate>[0], feeds: Parameters<typeof evaluate>[1], name: string) => [
  ...(evaluate(source, feeds)[name]?.data ?? []),
];

describe("splice", () => {
  const x = input("x", [2]);
  const middle = named(f.multiply(x, 3), "middle");
  const source = graph("g", [x], { y: f.add(middle, f.square(middle)) });

  it("replaces a value for all its consumers", () => {
    expect(outputOf(source, { x: [1, 2] }, "y")).toEqual([12, 42]);
    expect(
      outputOf(
        splice(source, "middle", (value) => f.add(value, 1)),
        { x: [1, 2] },
        "y",
      ),
    ).toEqual([20, 56]);
  });

  it("leaves the source as it was, and changes nothing when the builder hands the value back", () => {
    expect(nodesOf(splice(source, "middle", (value) => value))).toEqual(nodesOf(source));
    expect(outputOf(source, { x: [1, 2] }, "y")).toEqual([12, 42]);
  });

  it("puts the second of two at one place in front of the first", () => {
    const once = splice(source, "middle", (value) => f.multiply(value, 10));
    const twice = splice(once, "middle", (value) => f.add(value, 1));
    expect(outputOf(twice, { x: [1, 2] }, "y")).toEqual([40 + 1600, 70 + 4900]);
  });

  it("adds inputs and parameters", () => {
    const tokens = input("tokens", [2]);
    const made = splice(source, "middle", (value) => f.add(value, f.multiply(tokens, parameter("w", [2]))), [tokens]);
    expect(made.inputs).toEqual([x, tokens]);
    expect([...parametersOf(made).keys()]).toEqual(["w"]);
    expect(outputOf(made, { x: [1, 2], tokens: [1, 1], w: [0, 0] }, "y")).toEqual([12, 42]);
    expect(() => splice(source, "middle", (value) => f.add(value, tokens))).toThrow(/"tokens" without declaring it/);
  });

  it("works on inputs and on values that are outputs", () => {
    expect(
      outputOf(
        splice(source, "x", (value) => f.add(value, 1)),
        { x: [0, 1] },
        "y",
      ),
    ).toEqual([12, 42]);
    const last = graph("last", [x], { y: named(f.multiply(x, 2), "end") });
    expect(outputOf(splice(last, "end", f.negate), { x: [1, 2] }, "y")).toEqual([-2, -4]);
  });

  it("leaves a network unchanged to the bit when what is added is zero", () => {
    const whole = smallDit(2);
    const feeds = randomFeeds(whole, 3);
    const added = ["blocks.0.textCrossAttention", "blocks.1.textCrossAttention"].reduce(
      (result, name) => splice(result, name, (value) => f.add(value, f.multiply(value, parameter(`${name}.gate`, [1])))),
      whole,
    );
    const gates = { "blocks.0.textCrossAttention.gate": [0], "blocks.1.textCrossAttention.gate": [0] };
    expect(outputOf(added, { ...feeds, ...gates }, "v")).toEqual(outputOf(whole, feeds, "v"));
    expect(outputOf(added, { ...feeds, ...gates, "blocks.1.textCrossAttention.gate": [1] }, "v")).not.toEqual(
      outputOf(whole, feeds, "v"),
    );
  });

  it("says what is wrong", () => {
    expect(() => splice(source, "nothing", f.negate)).toThrow(/no value named "nothing".*Named values: middle/);
    expect(() => splice(source, "middle", (value) => f.reshape(value, [1, 2]))).toThrow(
      /must be float32 \[2\], got float32 \[1,2\]/,
    );
  });
});
