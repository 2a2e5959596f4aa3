/** A small network with its weights, its exact outputs, and the runtimes that tests run it on. */
import { memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { evaluate, graph, input, layerNorm, linear, ops } from "@foley-control/graph";
import { afterAll, expect } from "vitest";
import { nodeRuntime } from "../node.js";

/** Width of the network. */
export const width = 24;
/** Shapes of its weights. */
export const shapes = { "up.weight": [96, width], "up.bias": [96], "down.weight": [width, 96], "norm.weight": [width] } as const;
/** Numbers that depend on a name alone. */
export const numbers = (name: string, count: number): Float32Array =>
  normalArray(1, ["runtime-test", name], count).map((value) => value / 4);
/** Its weights. */
export const tensors = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]): [string, PlainTensor] => {
    return [
      name,
      {
        dtype: "float32",
        shape,
        data: numbers(
          name,
          shape.reduce((a, b) => a * b, 1),
        ),
      },
    ];
  }),
);
/** Its weights, as a source of parameters. */
export const weights = memoryParameters(tensors);

/** The network. */
export function block() {
  const x = input("x", [2, 5, width]);
  const y = ops.add(x, linear(ops.gelu(linear(layerNorm(x, "norm.weight"), "up", 96, true)), "down", width));
  return graph("block", [x], { y, mean: ops.mean(y, [-1]) });
}

/** An input. */
export const x: PlainTensor = { dtype: "float32", shape: [2, 5, width], data: numbers("x", 2 * 5 * width) };
/** What the float64 interpreter makes of it. */
export const exact = evaluate(block(), {
  x: x.data as Float32Array,
  ...Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array])),
});

/** Largest difference of two lists of equal length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}

/** The numbers of an output in float32. */
export const numbersOf = (tensor: PlainTensor | undefined): Float32Array => tensor?.data as Float32Array;

/** Runtimes in a worker and in this thread, for the tests of one file. */
export function useRuntimes() {
  const worker = nodeRuntime({ device: "cpu", threads: 1 });
  const direct = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  afterAll(async () => {
    await worker.dispose();
    await direct.dispose();
  });
  return { worker, direct };
}
