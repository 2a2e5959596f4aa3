/**
 * Reverse-mode differentiation of a graph into a graph (Griewank & Walther, "Evaluating Derivatives", 2008). Only what
 * lies between the wanted values and the loss gets a gradient: the frozen part of a network below the first trained
 * value, and every weight gradient of frozen layers, is never built.
 */
import { FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import { definitionOf } from "../ops/table.js";
import { add } from "../ops/functions.js";
import { float, graph, nodesOf, sizeOf } from "../value.js";
import { decompose } from "./decompose.js";

/** Name of the output that holds the gradient by a parameter, an input or a labelled value. */
export const gradientName = (name: string): string => `gradient.${name}`;

/**
 * @param source - A graph with a scalar output `loss`.
 * @param loss - Name of that output.
 * @param by - Names of parameters, inputs or labelled values.
 * @returns The graph with one more output `gradient.NAME` per name; a value the loss does not depend on gets zeros.
 */
export function differentiate(source: Graph, loss: string, by: readonly string[]): Graph {
  const plain = decompose(source);
  const root = plain.outputs[loss];
  if (!root || sizeOf(root.shape) !== 1) {
    throw new FoleyError("invalid-argument", `differentiate: "${loss}" must be a scalar output of "${source.name}", got ${root ? `[${root.shape}]` : "nothing"}.`);
  }
  const wanted = new Map<string, GraphValue>();
  const order = nodesOf([root]);
  const names = new Set(by);
  const look = (value: GraphValue) => {
    if (value.name !== undefined && names.has(value.name) && !wanted.has(value.name)) wanted.set(value.name, value);
  };
  plain.inputs.forEach(look);
  for (const made of order) {
    made.inputs.forEach(look);
    made.outputs.forEach(look);
  }
  const missing = by.filter((name) => !wanted.has(name));
  if (missing.length > 0) {
    throw new FoleyError("invalid-argument", `differentiate: the loss of "${source.name}" does not read ${missing.slice(0, 5).map((name) => `"${name}"`).join(", ")}.`);
  }
  const targets = new Set(wanted.values());
  const active = new Set<GraphValue>(targets);
  for (const made of order) {
    if (definitionOf(made.op).gradient && made.inputs.some((value) => active.has(value))) for (const value of made.outputs) active.add(value);
  }
  const gradients = new Map<GraphValue, GraphValue>();
  const accumulate = (value: GraphValue, gradient: GraphValue) => {
    const known = gradients.get(value);
    gradients.set(value, known ? add(known, gradient) : gradient);
  };
  accumulate(root, float(new Float32Array([1]), root.shape));
  for (let i = order.length - 1; i >= 0; i--) {
    const made = order[i];
    const rule = made && definitionOf(made.op).gradient;
    if (!made || !rule || !made.inputs.some((value) => active.has(value))) continue;
    const incoming = made.outputs.map((value) => gradients.get(value));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    const results = rule({
      inputs: made.inputs,
      outputs: made.outputs,
      attributes: made.attributes,
      gradients: incoming,
      needs: (index) => active.has(made.inputs[index] as GraphValue),
    });
    made.inputs.forEach((value, index) => {
      const gradient = results[index];
      if (gradient && active.has(value)) accumulate(value, gradient);
    });
  }
  const outputs: Record<string, GraphValue> = { ...plain.outputs };
  for (const [name, value] of wanted) {
    outputs[gradientName(name)] = gradients.get(value) ?? float(new Float32Array(sizeOf(value.shape)), value.shape);
  }
  return graph(`${source.name}.gradients`, plain.inputs, outputs);
}
