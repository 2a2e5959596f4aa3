/** Norm by the root mean square (Zhang & Sennrich 2019): no mean is taken off, nothing is added. */
import type { GraphValue } from "@foley-control/core";
import { add, divide, mean, multiply, reshape, sqrt, square } from "../ops/functions.js";

/**
 * x / √(mean(x²) + ε) · scale over the last axis.
 *
 * @param x - [..., width].
 * @param scale - [width], or what stretches to x.
 */
export function rmsNorm(x: GraphValue, scale: GraphValue, epsilon: number): GraphValue {
  const power = mean(square(x), [x.shape.length - 1], true);
  return multiply(divide(x, sqrt(add(power, epsilon))), scale);
}

/**
 * {@link rmsNorm} of each head's channels alone.
 *
 * @param x - [batch, rows, heads·headWidth].
 * @param scale - [headWidth].
 */
export function headRmsNorm(x: GraphValue, scale: GraphValue, heads: number, epsilon: number): GraphValue {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  return reshape(rmsNorm(reshape(x, [batch, rows, heads, width / heads]), scale, epsilon), [batch, rows, width]);
}
