/** Gradient of the matrix product. */
import { elementCount, type GraphValue } from "@foley-control/core";
import { matmul, reshape, transpose, transposeLast } from "../ops/functions.js";
import { type GradientRule, rule } from "./rule.js";
import { unbroadcast } from "./unbroadcast.js";

/** dB of A·B. */
function byRight(dy: GraphValue, a: GraphValue, b: GraphValue): GraphValue {
  if (b.shape.length > 2 || a.shape.length === 2) return unbroadcast(matmul(transposeLast(a), dy), b.shape);
  // A weight shared by all rows: fold the batch into the inner axis, one big product instead of a batch and a sum.
  const rows = (x: GraphValue) => {
    const width = x.shape[x.shape.length - 1] as number;
    return reshape(x, [elementCount(x.shape.slice(0, -1)), width]);
  };
  return matmul(transpose(rows(a), [1, 0]), rows(dy));
}

/** Rows of the gradient table. */
export const matmulGradients: Readonly<Record<string, GradientRule | null>> = {
  MatMul: rule((dy, { inputs, needs }) => {
    const [a, b] = inputs as readonly [GraphValue, GraphValue];
    return [needs(0) ? unbroadcast(matmul(dy, transposeLast(b)), a.shape) : undefined, needs(1) ? byRight(dy, a, b) : undefined];
  }),
};
