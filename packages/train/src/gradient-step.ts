/** Loss and gradients of a batch, or of a part of one. */
import { FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import { differentiate, gradientName, graph, input, ops, rewrite, simplify } from "@foley-control/graph";
import { type ParameterLayout, parametersIn, vectorOf } from "./parameter-layout.js";

/** Name of the input with all trained parameters. */
export const PARAMETERS_INPUT = "state.parameters";
/** Name of the input that gradients are added to. */
export const SUM_INPUT = "gradients.sum";

/**
 * The gradients of a loss as one vector.
 *
 * @param source - A graph with a scalar output `loss`.
 * @param layout - The parameters that change; all others stay parameters and are frozen.
 * @param options - `sum`: adds the gradients to the input `gradients.sum`.
 * @returns A graph whose further inputs are `state.parameters` and, with `sum`, `gradients.sum`, both [layout.size]; its outputs are those
 *   of `source` and `gradients` [layout.size].
 */
export function gradientStep(source: Graph, layout: ParameterLayout, options: { readonly sum?: boolean } = {}): Graph {
  const names = layout.entries.map(({ name }) => name);
  const reserved = source.inputs.find(({ name }) => name === PARAMETERS_INPUT || name === SUM_INPUT);
  if (reserved)
    throw new FoleyError("invalid-argument", `The input "${reserved.name}" of "${source.name}" has a name that training needs.`, {
      hint: "Give it another name.",
    });
  const differentiated = differentiate(source, "loss", names);
  const gradients = vectorOf(layout, (name) => differentiated.outputs[gradientName(name)] as GraphValue);
  const vector = input(PARAMETERS_INPUT, [layout.size]);
  const sum = options.sum ? [input(SUM_INPUT, [layout.size])] : [];
  const inputs = [...source.inputs, vector, ...sum];
  // Not those of `source`: what is differentiated is written out in plain ops, and the network would be computed a second time.
  const results = Object.keys(source.outputs).map((name) => [name, differentiated.outputs[name] as GraphValue]);
  const outputs = { ...Object.fromEntries(results), gradients: sum.reduce((total, value) => ops.add(value, total), gradients) };
  // What changes every step comes in with the batch; what is frozen stays a parameter, which the runtime packs once.
  const changing = parametersIn(layout, vector);
  const leaf = (value: GraphValue) => (value.kind === "parameter" ? (changing.get(value.name ?? "") ?? value) : value);
  const whole = graph(`${source.name}.gradientStep`, [...source.inputs, ...sum], outputs);
  return simplify(rewrite(whole, { leaf, inputs }));
}
