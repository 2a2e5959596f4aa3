/** Embeddings that are compared by their direction. */
import type { GraphValue } from "@foley-control/core";
import { ops } from "@foley-control/graph";

/** x / ‖x‖ over the last axis; what is shorter than 1e-12 is not made longer, as in PyTorch's `normalize`. */
export const lengthOne = (x: GraphValue): GraphValue =>
  ops.divide(x, ops.maximum(ops.sqrt(ops.sum(ops.square(x), [-1], true)), 1e-12));
