/** Loss and gradients of a batch, or of a part of one. */
import { FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import { differentiate, gradientName, graph, input, ops, rewrite, simplify } from "@foley-control/graph";
import { type ParameterLayout, parametersIn, vectorOf } from "./parameter-layout.js";

/** Name of the input with all trained parameters. */
export const PARAMETERS_INPUT = "state.parameters";
const SCALED = "loss.scaled";

/**
 * The gradients of a loss as one vector.
 *
 * @param source - A graph with a scalar output `loss`.
 * @param layout - The parameters that change; all others stay parameters and are frozen.
 * @param lossScale - The gradients are those of so many times the loss, so that float16 holds them (Micikevicius et al. 2018). Default 1.
 * @returns A graph whose further input is `state.parameters` [layout.size]; its outputs are those of `source` and `gradients` [layout.size].
 */
export function gradientStep(source: Graph, layout: ParameterLayout, lossScale = 1): Graph {
  const names = layout.entries.map(({ name }) => name);
  const reserved = source.inputs.find(({ name }) => name === PARAMETERS_INPUT);
  if (reserved)
    throw new FoleyError("invalid-argument", `The input "${reserved.name}" of "${source.name}" has a name that training needs.`, {
      hint: "Give it another name.",
    });
  const scaled = ops.multiply(source.outputs["loss"] as GraphValue, lossScale);
  const root = lossScale === 1 ? source : graph(source.name, source.inputs, { ...source.outputs, [SCALED]: scaled });
  const differentiated = differentiate(root, lossScale === 1 ? "loss" : SCALED, names);
  const vector = input(PARAMETERS_INPUT, [layout.size]);
  // Not those of `source`: what is differentiated is written out in plain ops, and the network would be computed a second time.
  const results = Object.keys(source.outputs).map((name) => [name, differentiated.outputs[name] as GraphValue]);
  const gradients = vectorOf(layout, (name) => differentiated.outputs[gradientName(name)] as GraphValue);
  const outputs = { ...Object.fromEntries(results), gradients };
  // What changes every step comes in with the batch; what is frozen stays a parameter, which the runtime packs once.
  const changing = parametersIn(layout, vector);
  const leaf = (value: GraphValue) => (value.kind === "parameter" ? (changing.get(value.name ?? "") ?? value) : value);
  const whole = graph(`${source.name}.gradientStep`, source.inputs, outputs);
  return simplify(rewrite(whole, { leaf, inputs: [...source.inputs, vector] }));
}
