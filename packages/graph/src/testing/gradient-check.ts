/** Random numbers and gradient checks for the tests of this package: central differences in float64 against `differentiate`. */
import { createRandom, elementCount, type Graph, type GraphValue, type Random, type Shape } from "@foley-control/core";
import { evaluate } from "../evaluate.js";
import { add, multiply, sum } from "../ops/functions.js";
import { differentiate, gradientName } from "../passes/differentiate.js";
import { float, graph, input } from "../value.js";

/** Numbers of one input of a check. Default: standard normals. */
export type Fill = (random: Random) => number;

/** One differentiable input of {@link gradientError}. */
export interface CheckedInput {
  readonly shape: Shape;
  readonly fill?: Fill;
}

/** Standard normals, float64. */
export function randomNumbers(random: Random, shape: Shape, fill: Fill = (r) => r.normal()): number[] {
  return Array.from({ length: elementCount(shape) }, () => fill(random));
}

/** A random shape of the given rank, every size in [1, limit). */
export function randomShape(random: Random, rank: number, limit = 5): number[] {
  return Array.from({ length: rank }, () => random.integer(1, limit));
}

/** What broadcasts to `shape`: some leading axes dropped, some sizes 1. */
export function broadcastable(random: Random, shape: Shape): number[] {
  return shape.slice(random.integer(0, shape.length + 1)).map((size) => (random.chance(0.4) ? 1 : size));
}

/** The scalar sum of fixed random weights times every output. */
export function weightedLoss(random: Random, outputs: readonly GraphValue[]): GraphValue {
  const terms = outputs.map((value) => {
    const product = multiply(value, float(randomNumbers(random, value.shape), value.shape));
    return sum(
      product,
      product.shape.map((_, axis) => axis),
    );
  });
  return terms.reduce((total, term) => add(total, term));
}

/**
 * Largest error of `differentiate` against central differences (step 1e-5, both evaluated in float64) over every element
 * of every input, relative to the larger of 1 and the largest gradient. A sound rule gives below 1e-6: the constants of a
 * graph are float32, so that factors such as 1/√π are rounded there.
 *
 * @param seed - Of the inputs and of the weights that make a scalar of the outputs.
 * @param inputs - Shapes and distributions of the differentiable inputs.
 * @param build - Makes the outputs whose weighted sum is the loss.
 * @param fixed - Numbers of inputs that `build` declares besides, by name; they are appended to the graph's inputs.
 */
export function gradientError(
  seed: number,
  inputs: readonly CheckedInput[],
  build: (...values: GraphValue[]) => GraphValue | readonly GraphValue[],
  fixed: readonly { readonly value: GraphValue; readonly numbers: readonly number[] }[] = [],
): { readonly error: number; readonly largest: number; readonly source: Graph } {
  const random = createRandom(seed, "gradient check");
  const values = inputs.map(({ shape }, i) => input(`x${i}`, shape));
  const made = build(...values);
  const outputs = Array.isArray(made) ? (made as readonly GraphValue[]) : [made as GraphValue];
  const source = graph("check", [...values, ...fixed.map(({ value }) => value)], { loss: weightedLoss(random, outputs) });
  const feeds: Record<string, number[]> = {};
  inputs.forEach(({ shape, fill }, i) => {
    feeds[`x${i}`] = randomNumbers(random, shape, fill);
  });
  for (const { value, numbers } of fixed) feeds[value.name as string] = [...numbers];
  const names = values.map((value) => value.name as string);
  const found = evaluate(differentiate(source, "loss", names), feeds);
  const lossAt = () => evaluate(source, feeds).loss?.data[0] as number;
  const step = 1e-5;
  let error = 0;
  let largest = 0;
  for (const name of names) {
    const numbers = feeds[name] as number[];
    const gradient = found[gradientName(name)];
    if (gradient?.data.length !== numbers.length) return { error: Number.POSITIVE_INFINITY, largest, source };
    for (let i = 0; i < numbers.length; i++) {
      const old = numbers[i] as number;
      numbers[i] = old + step;
      const above = lossAt();
      numbers[i] = old - step;
      const below = lossAt();
      numbers[i] = old;
      error = Math.max(error, Math.abs((above - below) / (2 * step) - (gradient.data[i] as number)));
      largest = Math.max(largest, Math.abs(gradient.data[i] as number));
    }
  }
  // NaN must not pass as "not larger than the tolerance".
  return { error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / Math.max(1, largest), largest, source };
}
