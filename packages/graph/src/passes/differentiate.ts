/**
 * Reverse-mode differentiation of a graph into a graph (Griewank & Walther, "Evaluating Derivatives", 2008). Only what
 * lies between the wanted values and the loss gets a gradient: the frozen part of a network below the first trained
 * value, and every weight gradient of frozen layers, is never built.
 */
import { assertHas, assertKind, elementCount, FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import { gradientTable } from "../gradients/table.js";
import { add, zeros } from "../ops/functions.js";
import { float, graph, nodesOf } from "../value.js";
import { decompose } from "./decompose.js";

/** Name of the output that holds the gradient by a parameter, an input or a labelled value. */
export const gradientName = (name: string): string => `gradient.${name}`;

/**
 * Adds the gradients of a loss to a graph.
 *
 * @param source - A graph with a scalar output `loss`.
 * @param loss - Name of that output.
 * @param by - Names of parameters, inputs or labelled values.
 * @returns The graph with one more output `gradient.NAME` per name; a value the loss does not depend on gets zeros.
 */
export function differentiate(source: Graph, loss: string, by: readonly string[]): Graph {
  assertHas("source", source, "outputs", "a graph", "Pass what graph() made.");
  assertKind("loss", loss, "text", "Pass the name of a scalar output, then the names of the parameters.");
  assertKind("by", by, "list", "Pass the names of the parameters.");
  const plain = decompose(source);
  const root = plain.outputs[loss];
  if (!root || elementCount(root.shape) !== 1) {
    throw new FoleyError(
      "invalid-argument",
      `differentiate: "${loss}" must be a scalar output of "${source.name}", got ${root ? `[${root.shape}]` : "nothing"}.`,
      { hint: "Sum or average it, and name that output." },
    );
  }
  // Layers that share a parameter ask for it by name, so that one name may be several values: their gradients add up.
  const wanted = new Map<string, GraphValue[]>();
  const order = nodesOf([root]);
  const names = new Set(by);
  const look = (value: GraphValue) => {
    if (value.name === undefined || !names.has(value.name)) return;
    const known = wanted.get(value.name);
    if (!known) wanted.set(value.name, [value]);
    else if (value.kind === "parameter" && !known.includes(value)) known.push(value);
  };
  plain.inputs.forEach(look);
  for (const made of order) {
    made.inputs.forEach(look);
    made.outputs.forEach(look);
  }
  const missing = by.filter((name) => !wanted.has(name));
  if (missing.length > 0) {
    const some = missing.slice(0, 5).map((name) => `"${name}"`);
    throw new FoleyError("invalid-argument", `differentiate: the loss of "${source.name}" does not read ${some.join(", ")}.`, {
      hint: "Pass names of parameters, inputs or values that it is made of.",
    });
  }
  const active = new Set<GraphValue>();
  for (const values of wanted.values()) for (const value of values) active.add(value);
  for (const made of order) {
    if (gradientTable[made.op] && made.inputs.some((value) => active.has(value)))
      for (const value of made.outputs) active.add(value);
  }
  const gradients = new Map<GraphValue, GraphValue>();
  const accumulate = (value: GraphValue, gradient: GraphValue) => {
    const known = gradients.get(value);
    gradients.set(value, known ? add(known, gradient) : gradient);
  };
  accumulate(root, float(new Float32Array([1]), root.shape));
  for (let i = order.length - 1; i >= 0; i--) {
    const made = order[i];
    const rule = made && gradientTable[made.op];
    if (!made || !rule || !made.inputs.some((value) => active.has(value))) continue;
    const incoming = made.outputs.map((value) => gradients.get(value));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    const { inputs, outputs, attributes } = made;
    const needs = (index: number) => active.has(inputs[index] as GraphValue);
    const results = rule({ inputs, outputs, attributes, gradients: incoming, needs });
    made.inputs.forEach((value, index) => {
      const gradient = results[index];
      if (gradient && active.has(value)) accumulate(value, gradient);
    });
  }
  const outputs: Record<string, GraphValue> = { ...plain.outputs };
  for (const [name, values] of wanted) {
    const { shape, dtype } = values[0] as GraphValue;
    const parts = values.flatMap((value) => gradients.get(value) ?? []);
    outputs[gradientName(name)] = parts.length > 0 ? parts.reduce((total, part) => add(total, part)) : zeros(shape, dtype);
  }
  return graph(`${source.name}.gradients`, plain.inputs, outputs);
}
