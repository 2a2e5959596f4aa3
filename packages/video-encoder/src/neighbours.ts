/** Convolutions of small networks as shifted copies and one matrix product, which every runtime is fast at and every pass understands. */
import type { GraphValue } from "@foley-control/core";
import { layerNorm, linear, ops } from "@foley-control/graph";

/** An element moved along an axis by `by` places, zeros where nothing was. */
export function shifted(x: GraphValue, axis: number, by: number): GraphValue {
  const size = x.shape[axis] as number;
  const whole = Math.min(Math.abs(by), size);
  return by > 0
    ? ops.pad(ops.slice(x, axis, 0, size - whole), axis, whole, 0)
    : ops.pad(ops.slice(x, axis, whole, size), axis, 0, whole);
}

/**
 * Every element with its two neighbours along each axis, zeros outside: the channels of a convolution of width 3 in the shape of a cross.
 *
 * @param x - [..., channels]
 * @param reach - places from an element to its neighbours. Default 1
 */
export function crossOf(x: GraphValue, axes: readonly number[], reach = 1): GraphValue {
  const around = axes.flatMap((axis) => [shifted(x, axis, reach), shifted(x, axis, -reach)]);
  return ops.concat([x, ...around], x.shape.length - 1);
}

/** A pre-norm residual sublayer in which elements mix with their neighbours. */
export function mixNeighbours(x: GraphValue, name: string, axes: readonly number[], reach = 1): GraphValue {
  const width = x.shape[x.shape.length - 1] as number;
  const around = crossOf(layerNorm(x, `${name}.norm.weight`, `${name}.norm.bias`), axes, reach);
  return ops.add(x, linear(ops.gelu(linear(around, `${name}.fc1`, width, true)), `${name}.fc2`, width, true));
}
