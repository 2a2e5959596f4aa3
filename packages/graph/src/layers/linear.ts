/** Linear layer with a weight as PyTorch stores it. */
import type { GraphValue } from "@foley-control/core";
import { add, matmul, transpose } from "../ops/functions.js";
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
