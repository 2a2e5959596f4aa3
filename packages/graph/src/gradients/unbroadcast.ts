/** Undoes broadcasting in gradients, in the one place that knows how. */
import type { GraphValue, Shape } from "@foley-control/core";
import { reshape, sum } from "../ops/functions.js";

/** Sums a gradient over the axes along which an input of `shape` was broadcast. */
export function unbroadcast(gradient: GraphValue, shape: Shape): GraphValue {
  const extra = gradient.shape.length - shape.length;
  const axes: number[] = [];
  gradient.shape.forEach((size, axis) => {
    const own = axis < extra ? 1 : (shape[axis - extra] as number);
    if (axis < extra || (own === 1 && size !== 1)) axes.push(axis);
  });
  return reshape(sum(gradient, axes, true), shape);
}
