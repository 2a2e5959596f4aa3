/**
 * A clip and its mirrored negative: when something touches is the same in both, so what a network says of the two differs by its mistakes alone, and
 * their mean has fewer (test-time augmentation, Krizhevsky et al. 2012).
 */
import type { GraphValue } from "@foley-control/core";
import { constant, ops } from "@foley-control/graph";
import type { MotionOutput } from "./network.js";

/**
 * The mean of what a network makes of pictures and of their mirrored negatives; `changes` are those of the pictures. It looks at one after the other:
 * what is in memory is that of one.
 *
 * @param luma - [batch, time, height, width] in 0..1
 * @param network - looks at a clip
 * @param cells - rows and columns of the cells
 */
export function inTwoViews(
  luma: GraphValue,
  network: (luma: GraphValue) => MotionOutput,
  cells: readonly [rows: number, columns: number],
): MotionOutput {
  const plain = network(luma);
  const turned = network(ops.subtract(1, flipped(luma, 3)));
  const mean = (a: GraphValue, b: GraphValue) => ops.multiply(ops.add(a, b), 0.5);
  const [batch, time] = plain.cells.shape as readonly [number, number, number];
  const back = ops.reshape(flipped(ops.reshape(turned.cells, [batch, time, ...cells]), 3), plain.cells.shape);
  return {
    changes: plain.changes,
    cells: mean(plain.cells, back),
    frame: mean(plain.frame, turned.frame),
    strengths: mean(plain.strengths, turned.strengths),
    level: mean(plain.level, turned.level),
  };
}

/** The other way round along an axis. */
function flipped(value: GraphValue, axis: number): GraphValue {
  const size = value.shape[axis] as number;
  return ops.gather(
    value,
    constant(
      BigInt64Array.from({ length: size }, (_, i) => BigInt(size - 1 - i)),
      [size],
      "int64",
    ),
    axis,
  );
}
