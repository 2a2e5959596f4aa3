/** The reference interpreter: every op in float64, slow and plain. It is the oracle that ONNX Runtime and gradients are checked against. */
import { elementCount, FoleyError, float16ToFloat32, float32ToFloat16, type Graph, type GraphValue } from "@foley-control/core";
import type { Array64 } from "./ops/definition.js";
import { definitionOf } from "./ops/table.js";
import { nodesOf } from "./value.js";

/**
 * Computes every output of a graph in float64; values of type float16 are rounded to it, node by node.
 *
 * @param source - The graph.
 * @param feeds - Numbers of every input and parameter by name.
 * @returns Numbers of every output by name.
 */
export function evaluate(source: Graph, feeds: Readonly<Record<string, ArrayLike<number>>>): Record<string, Array64> {
  const known = new Map<GraphValue, Array64>();
  const valueOf = (value: GraphValue): Array64 => {
    const done = known.get(value);
    if (done) return done;
    let data: Float64Array;
    if (value.kind === "constant") data = numbersOf(value);
    else {
      const given = feeds[value.name ?? ""];
      if (!given)
        throw new FoleyError("invalid-argument", `evaluate: no numbers were given for the ${value.kind} "${value.name}".`);
      if (given.length !== elementCount(value.shape)) {
        throw new FoleyError(
          "shape-mismatch",
          `evaluate: the ${value.kind} "${value.name}" is [${value.shape.join(", ")}], ${given.length} numbers were given.`,
        );
      }
      data = stored(value, Float64Array.from(given));
    }
    const made = { shape: value.shape, data };
    known.set(value, made);
    return made;
  };
  for (const made of nodesOf(source)) {
    const results = definitionOf(made.op).evaluate(made.inputs.map(valueOf), made.attributes, made.outputs);
    made.outputs.forEach((output, i) => {
      const { shape, data } = results[i] as Array64;
      known.set(output, { shape, data: stored(output, data) });
    });
  }
  return Object.fromEntries(Object.entries(source.outputs).map(([name, value]) => [name, valueOf(value)]));
}

/** Numbers as a value of that type holds them. */
function stored({ dtype }: GraphValue, data: Float64Array): Float64Array {
  return dtype === "float16" ? Float64Array.from(float16ToFloat32(float32ToFloat16(Float32Array.from(data)))) : data;
}

/** Elements of a constant as numbers; float16 is decoded. */
export function numbersOf(value: GraphValue): Float64Array {
  const data =
    value.dtype === "float16" ? float16ToFloat32(value.data as Uint16Array) : (value.data as ArrayLike<number | bigint>);
  return Float64Array.from(data, Number);
}
