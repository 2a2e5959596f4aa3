/**
 * Loss, gradients, clipping, AdamW and the moving average of the weights in one graph: state in, state out. Nothing but standard ops,
 * so it runs wherever the network runs. It computes what the two graphs do that a batch in parts needs, in less memory: three times the
 * trained parameters less.
 */
import type { Graph, GraphValue } from "@foley-control/core";
import { graph, inline, simplify } from "@foley-control/graph";
import { gradientStep, PARAMETERS_INPUT } from "./gradient-step.js";
import type { ParameterLayout } from "./parameter-layout.js";
import { ADAMW_DEFAULTS, type AdamWOptions, gradientsInput, updateStep } from "./update-step.js";

/**
 * Makes one optimiser step out of a loss: {@link gradientStep} and {@link updateStep} as one graph.
 *
 * @param source - A graph with a scalar output `loss`.
 * @param layout - The parameters that change; all others stay parameters and are frozen.
 * @returns A graph with the inputs of `source` and of the two steps; its outputs are those of `source`, `gradientNorm`, and the next state.
 */
export function trainStep(source: Graph, layout: ParameterLayout, options: AdamWOptions = ADAMW_DEFAULTS): Graph {
  const { inputs, outputs } = gradientStep(source, layout);
  const { gradients, ...others } = outputs;
  const update = updateStep(layout, options);
  const parameters = inputs.find(({ name }) => name === PARAMETERS_INPUT) as GraphValue;
  const next = inline(update, { [gradientsInput(0)]: gradients as GraphValue, [PARAMETERS_INPUT]: parameters });
  const further = update.inputs.filter(({ name }) => name !== gradientsInput(0) && name !== PARAMETERS_INPUT);
  return simplify(graph(`${source.name}.trainStep`, [...inputs, ...further], { ...others, ...next }));
}
