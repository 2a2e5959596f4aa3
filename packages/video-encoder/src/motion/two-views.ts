/**
 * A clip and its mirrored negative: when something touches is the same in both, so what a network says of the two differs by its mistakes alone, and
 * their mean has fewer (test-time augmentation, Krizhevsky et al. 2012).
 */
import type { GraphValue } from "@foley-control/core";
import { constant, ops } from "@foley-control/graph";
import type { MotionOutput } from "./network.js";

/**
 * The mean of what a network makes of pictures and of their mirrored negatives; `changes` are those of the pictures.
 *
 * @param luma - [batch, time, height, width] in 0..1
 * @param network - looks at twice the batch at once
 * @param cells - rows and columns of the cells
 */
export function inTwoViews(
  luma: GraphValue,
  network: (luma: GraphValue) => MotionOutput,
  cells: readonly [rows: number, columns: number],
): MotionOutput {
  const batch = luma.shape[0] as number;
  const both = network(ops.concat([luma, ops.subtract(1, flipped(luma, 3))], 0));
  const halves = (value: GraphValue) =>
    [0, batch].map((from) => ops.slice(value, 0, from, from + batch)) as [GraphValue, GraphValue];
  const mean = ([a, b]: readonly [GraphValue, GraphValue]) => ops.multiply(ops.add(a, b), 0.5);
  const [plain, turned] = halves(both.cells);
  const grid = [batch, plain.shape[1] as number, ...cells];
  const back = ops.reshape(flipped(ops.reshape(turned, grid), 3), plain.shape);
  return {
    changes: halves(both.changes)[0],
    cells: mean([plain, back]),
    frame: mean(halves(both.frame)),
    strengths: mean(halves(both.strengths)),
    level: mean(halves(both.level)),
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
