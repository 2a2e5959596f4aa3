/** Puts one graph into another: its inputs become values that something else makes. */
import { FoleyError, type Graph, type GraphValue, sameShape } from "@foley-control/core";
import { rewriteOutputs } from "./rewrite.js";

/**
 * The outputs of a graph as values of a larger one.
 *
 * @param source - Any graph; it stays as it was. Labels and parameters keep their names.
 * @param values - What to put in the place of its inputs, by their names. Inputs that are left out stay inputs.
 * @returns The outputs by name.
 * @throws FoleyError `invalid-argument` for a name that is no input; `shape-mismatch` when a value has another type or shape.
 * @example
 * const { prediction } = inline(denoiser.graph({ frames: 94 }), { latents: noisy }); // the loss of a training
 */
export function inline(source: Graph, values: Readonly<Record<string, GraphValue>>): Readonly<Record<string, GraphValue>> {
  const places = new Map<GraphValue, GraphValue>();
  for (const [name, value] of Object.entries(values)) {
    const place = source.inputs.find((candidate) => candidate.name === name);
    if (!place) {
      throw new FoleyError("invalid-argument", `The graph "${source.name}" has no input "${name}".`, {
        hint: `Its inputs are ${source.inputs.map((candidate) => candidate.name).join(", ")}.`,
      });
    }
    if (value.dtype !== place.dtype || !sameShape(value.shape, place.shape)) {
      throw new FoleyError(
        "shape-mismatch",
        `The input "${name}" of the graph "${source.name}" is ${place.dtype} [${place.shape}], got ${value.dtype} [${value.shape}].`,
      );
    }
    places.set(place, value);
  }
  return rewriteOutputs(source.outputs, (value) => places.get(value) ?? value);
}
