/** Importers of losses of classes: what is taken is picked with a comparison, so that no place is looked up. */
import { elementCount, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { logSoftmax } from "./activations.js";
import { onLast, places } from "./helpers.js";

/** −x at the class of each place, weighed and joined. */
function loss(made: ImportedNode, x: GraphValue): GraphValue {
  const [target, weight] = [made.input(1), made.inputs[2]];
  const [batch, classes] = x.shape as readonly [number, number];
  const rest = elementCount(x.shape.slice(2));
  const value = f.reshape(x, [batch, classes, rest]);
  const at = f.reshape(f.cast(target, "int64"), [batch, 1, rest]);
  const isIt = f.equal(places(made, [1, classes, 1], 1), at);
  const picked = f.negate(f.sum(f.where(isIt, value, 0), [1]));
  const shares: GraphValue[] = [];
  if (weight) shares.push(f.sum(f.where(isIt, f.reshape(weight, [1, classes, 1]), 0), [1]));
  if (made.has("ignore_index")) {
    const counts = f.cast(f.equal(at, made.int("ignore_index", 0)), x.dtype);
    shares.push(f.reshape(f.subtract(1, counts), [batch, rest]));
  }
  const share = shares.length > 0 ? shares.reduce((a, b) => f.multiply(a, b)) : undefined;
  const each = share ? f.multiply(picked, share) : picked;
  const kind = made.text("reduction", "mean");
  if (kind === "none") return f.reshape(each, target.shape);
  if (kind === "sum") return f.sum(each, [0, 1]);
  return share ? f.divide(f.sum(each, [0, 1]), f.sum(share, [0, 1])) : f.mean(each, [0, 1]);
}

/** Rows by ONNX op type. */
export const lossImporters: Readonly<Record<string, Importer>> = {
  NegativeLogLikelihoodLoss: (made) => [loss(made, made.input(0))],
  SoftmaxCrossEntropyLoss: (made) => {
    const logarithms = onLast(made.input(0), 1, logSoftmax);
    return [loss(made, logarithms), logarithms];
  },
};
