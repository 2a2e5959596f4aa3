/** Linear layer with a weight as PyTorch stores it. */
import type { GraphValue } from "@foley-control/core";
import { add, matmul, split, transpose } from "../ops/functions.js";
import { parameter } from "../value.js";

/**
 * y = x·Wᵀ (+ b). The parameters are `NAME.weight` [out, in] and `NAME.bias` [out].
 *
 * @param x - [..., in].
 * @param name - Prefix of the parameters, exactly as in the checkpoint.
 * @param width - Width of the output.
 * @param bias - Whether there is a bias. Default false.
 */
export function linear(x: GraphValue, name: string, width: number, bias = false): GraphValue {
  const weight = parameter(`${name}.weight`, [width, x.shape[x.shape.length - 1] as number]);
  const y = matmul(x, transpose(weight, [1, 0]));
  return bias ? add(y, parameter(`${name}.bias`, [width])) : y;
}

/**
 * Queries, keys and values of x [..., in], each [..., width]: of three linear layers, or of one that gives them side by side.
 *
 * @param names - Prefixes of the three, or of the one.
 * @param bias - Whether there are biases. Default false.
 */
export function queryKeyValue(
  x: GraphValue,
  names: string | readonly [query: string, key: string, value: string],
  width: number,
  bias = false,
): readonly [GraphValue, GraphValue, GraphValue] {
  const made =
    typeof names === "string"
      ? split(linear(x, names, 3 * width, bias), [width, width, width], -1)
      : names.map((name) => linear(x, name, width, bias));
  return made as unknown as readonly [GraphValue, GraphValue, GraphValue];
}
