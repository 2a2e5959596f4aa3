/** Axes that a node of a file names. */
import { FoleyError } from "@foley-control/core";
import { axisOf } from "../../ops/definition.js";
import type { ImportedNode } from "../read-node.js";

/** Axes counted from the front, each named once. */
export function distinctAxes(made: ImportedNode, axes: readonly number[], rank: number): readonly number[] {
  const found = axes.slice(0, rank + 1).map((axis) => axisOf(axis, rank, made.op));
  if (axes.length > rank || new Set(found).size !== found.length)
    throw new FoleyError("bad-file", `${made.what} names an axis twice.`);
  return found;
}
