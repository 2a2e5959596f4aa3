/** Inserts something at a named value: how a bridge gets into somebody else's network. */
import { FoleyError, type Graph, type GraphValue, sameShape } from "@foley-control/core";
import { graph, valuesOf } from "../value.js";
import { rewriteOutputs } from "./rewrite.js";

/**
 * Replaces the value called `name` for all its consumers by what `build` makes of it.
 *
 * @param source - Ours, or read from an ONNX file.
 * @param name - Label of the value; see `print` for the labels of a graph.
 * @param build - Receives the value, returns one of the same shape and type.
 * @param extraInputs - New graph inputs that `build` uses.
 */
export function splice(
  source: Graph,
  name: string,
  build: (value: GraphValue) => GraphValue,
  extraInputs: readonly GraphValue[] = [],
): Graph {
  const target = valuesOf(source).find((value) => value.name === name);
  if (!target) {
    const labels = valuesOf(source).flatMap((value) => (value.kind === "node" && value.name ? [value.name] : []));
    throw new FoleyError("invalid-argument", `The graph "${source.name}" has no value named "${name}".`, {
      hint: `Named values: ${labels.slice(0, 12).join(", ")}${labels.length > 12 ? ", …" : ""}.`,
    });
  }
  const made = build(target);
  if (made.dtype !== target.dtype || !sameShape(made.shape, target.shape)) {
    throw new FoleyError(
      "shape-mismatch",
      `What is spliced at "${name}" must be ${target.dtype} [${target.shape}], got ${made.dtype} [${made.shape}].`,
    );
  }
  const outputs = rewriteOutputs(source.outputs, (value) => (value === target ? made : value));
  return graph(source.name, [...source.inputs, ...extraInputs.filter((value) => !source.inputs.includes(value))], outputs);
}
