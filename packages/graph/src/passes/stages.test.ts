import { elementCount, normalArray } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { feedForward } from "../layers/feed-forward.js";
import { add, matmul, multiply } from "../ops/functions.js";
import { graph, input, parameter, parametersOf } from "../value.js";
import { stages } from "./stages.js";

const WIDTH = 4;
const HIDDEN = 6;
const BLOCK = 4 * (2 * WIDTH * HIDDEN + WIDTH + HIDDEN);

/** x ← x + MLP(x), `blocks` times. */
function tower(blocks: number) {
  const x = input("x", [3, WIDTH]);
  let y = x;
  for (let i = 0; i < blocks; i++) y = add(y, feedForward(y, [`${i}.a`, `${i}.b`], HIDDEN));
  return graph("tower", [x], { y });
}

const numbersOf = (source: ReturnType<typeof tower>) =>
  Object.fromEntries([
    ...source.inputs.map(({ name, shape }) => [name, normalArray(1, [name as string], elementCount(shape))]),
    ...[...parametersOf(source)].map(([name, { shape }]) => [name, normalArray(1, [name], elementCount(shape))]),
  ]);

const bytesOf = (source: ReturnType<typeof tower>) =>
  [...parametersOf(source).values()].reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);

describe("stages", () => {
  it.each([
    [BLOCK, [1, 1, 1, 1, 1]],
    [2 * BLOCK, [2, 2, 1]],
    [2.9 * BLOCK, [2, 2, 1]],
    [1, [1, 1, 1, 1, 1]],
  ])("with %i bytes each: stages of %j blocks that make what the whole makes", (bytes, blocks) => {
    const whole = tower(5);
    const parts = stages(whole, bytes);
    expect(parts.map((part) => bytesOf(part) / BLOCK)).toEqual(blocks);
    const numbers: Record<string, ArrayLike<number>> = numbersOf(whole);
    let results: ReturnType<typeof evaluate> = {};
    for (const part of parts) {
      const given = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
      const wanted = [...part.inputs.map(({ name }) => name as string), ...parametersOf(part).keys()];
      results = evaluate(part, Object.fromEntries(wanted.map((name) => [name, given[name] ?? numbers[name] ?? []])));
    }
    expect(results["y"]?.data).toEqual(evaluate(whole, numbers)["y"]?.data);
  });

  it("is the graph itself when everything fits", () => {
    const whole = tower(3);
    expect(stages(whole, 3 * BLOCK)).toEqual([whole]);
  });

  it("does not cut where more than one value goes on", () => {
    const x = input("x", [3, WIDTH]);
    const first = matmul(x, parameter("a", [WIDTH, WIDTH]));
    const second = matmul(first, parameter("b", [WIDTH, WIDTH]));
    // x is needed to the end, so no place has one value alone but the last.
    expect(stages(graph("skip", [x], { y: add(matmul(second, parameter("c", [WIDTH, WIDTH])), x) }), 1)).toHaveLength(1);
    const parts = stages(graph("chain", [x], { y: multiply(matmul(second, parameter("c", [WIDTH, WIDTH])), 2) }), 1);
    expect(parts.map((part) => [...parametersOf(part).keys()])).toEqual([["a"], ["b"], ["c"]]);
  });
});
