/** The reference interpreter: every op in float64, slow and plain. It is the oracle that ONNX Runtime and gradients are checked against. */
import {
  assertHas,
  assertKind,
  elementCount,
  FoleyError,
  float16ToFloat32,
  type Graph,
  type GraphNode,
  type GraphValue,
} from "@foley-control/core";
import type { Array64 } from "./ops/definition.js";
import { exactly, held, integerArray, isInteger } from "./ops/integers.js";
import { definitionOf } from "./ops/table.js";
import { nodesOf } from "./value.js";

/**
 * Computes every output of a graph in float64. Values of type float16 are rounded to it, node by node; integers are whole, wrap around as
 * their type does, and are exact beyond 2^53 (then `integers` of the result holds them).
 *
 * @param source - The graph.
 * @param feeds - Numbers of every input and parameter by name.
 * @returns Numbers of every output by name.
 */
export function evaluate(source: Graph, feeds: Readonly<Record<string, ArrayLike<number>>>): Record<string, Array64> {
  assertHas("source", source, "outputs", "a graph", "Pass what graph() made.");
  assertKind("feeds", feeds, "object", "Pass { NAME: numbers } for every input and parameter.");
  const known = new Map<GraphValue, Array64>();
  const valueOf = (value: GraphValue): Array64 => {
    const done = known.get(value);
    if (done) return done;
    const made = value.kind === "constant" ? arrayOf(value) : given(value, feeds);
    known.set(value, made);
    return made;
  };
  for (const made of nodesOf(source)) {
    const results = evaluateNode(made, made.inputs.map(valueOf));
    made.outputs.forEach((output, i) => void known.set(output, results[i] as Array64));
  }
  return Object.fromEntries(Object.entries(source.outputs).map(([name, value]) => [name, valueOf(value)]));
}

/** One node: numbers of its inputs → numbers of its outputs, as their types hold them. */
export function evaluateNode(made: GraphNode, inputs: readonly Array64[]): readonly Array64[] {
  const results = definitionOf(made.op).evaluate(inputs, made.attributes, made.outputs);
  const isLarge = ({ data }: Array64, i: number) =>
    isInteger((made.outputs[i] as GraphValue).dtype) && !data.every((value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER);
  // A quotient may round to the next whole number.
  const needsExact = inputs.some(({ integers }) => integers) || made.op === "Div" || results.some(isLarge);
  const exact = needsExact ? exactly(made, inputs) : undefined;
  return exact ?? results.map((result, i) => held((made.outputs[i] as GraphValue).dtype, result));
}

function given(value: GraphValue, feeds: Readonly<Record<string, ArrayLike<number>>>): Array64 {
  const { kind, name = "", shape, dtype } = value;
  const numbers = feeds[name];
  if (!numbers)
    throw new FoleyError("invalid-argument", `evaluate: no numbers were given for the ${kind} "${name}".`, {
      hint: "Pass { NAME: numbers } for every input and parameter.",
    });
  if (numbers.length !== elementCount(shape)) {
    throw new FoleyError(
      "shape-mismatch",
      `evaluate: the ${kind} "${name}" is [${shape.join(", ")}], ${numbers.length} numbers were given.`,
    );
  }
  return held(dtype, { shape, data: Float64Array.from(numbers) });
}

/** Elements of a constant; float16 is decoded. */
export function arrayOf({ shape, dtype, data }: GraphValue): Array64 {
  if (dtype === "int64") return integerArray(shape, data as BigInt64Array);
  const numbers = dtype === "float16" ? float16ToFloat32(data as Uint16Array) : (data as ArrayLike<number>);
  return { shape, data: Float64Array.from(numbers) };
}
