/**
 * Loop-invariant code motion. Whatever does not depend on the varying inputs (the latents and the time of a sampler
 * step) moves to a prologue that runs once per clip: text and video keys and values of every block, projected
 * conditioning, rotary tables. No model writes its own cache.
 */
import { FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import { graph, input, nodesOf } from "../value.js";
import { rewriter } from "./rewrite.js";

/** What `hoist` returns. */
export interface Hoisted {
  /** Runs once; its outputs are exactly the step's extra inputs, by name. */
  readonly prologue: Graph;
  /** Runs every step: the varying inputs, the inputs that it reads directly, and the prologue's outputs. */
  readonly step: Graph;
}

/** Splits `source` by dependence on the inputs named in `varying`. */
export function hoist(source: Graph, varying: readonly string[]): Hoisted {
  for (const name of varying) {
    if (!source.inputs.some((value) => value.name === name)) {
      throw new FoleyError("invalid-argument", `hoist: the graph "${source.name}" has no input "${name}".`, {
        hint: `Its inputs are ${source.inputs.map((value) => value.name).join(", ")}.`,
      });
    }
  }
  const moves = new Set<GraphValue>(source.inputs.filter((value) => varying.includes(value.name ?? "")));
  const dependsOnInput = new Set<GraphValue>(source.inputs);
  const order = nodesOf(source);
  for (const made of order) {
    if (made.inputs.some((value) => moves.has(value))) for (const value of made.outputs) moves.add(value);
    if (made.inputs.some((value) => dependsOnInput.has(value))) for (const value of made.outputs) dependsOnInput.add(value);
  }
  // A value crosses when it is made by a fixed node that reads an input and is used by a varying node or is an output.
  // What depends on parameters and constants alone is left in the step: the runtime folds it when it loads.
  const crossing = new Map<GraphValue, GraphValue>();
  const consider = (value: GraphValue) => {
    if (value.kind === "node" && !moves.has(value) && dependsOnInput.has(value) && !crossing.has(value)) {
      crossing.set(value, input(`hoisted.${crossing.size}`, value.shape, value.dtype));
    }
  };
  for (const made of order) if (made.outputs.some((value) => moves.has(value))) made.inputs.forEach(consider);
  Object.values(source.outputs).forEach(consider);

  const { map } = rewriter(Object.values(source.outputs), (value) => crossing.get(value) ?? value);
  const outputs = Object.fromEntries(Object.entries(source.outputs).map(([key, value]) => [key, map(value)]));
  const direct = new Set<GraphValue>();
  for (const made of nodesOf(Object.values(outputs))) for (const value of made.inputs) if (value.kind === "input") direct.add(value);
  const kept = source.inputs.filter((value) => varying.includes(value.name ?? "") || direct.has(value));
  const prologueOutputs = Object.fromEntries([...crossing].map(([value, made]) => [made.name as string, value]));
  const prologueReads = new Set<GraphValue>();
  for (const made of nodesOf(Object.values(prologueOutputs))) for (const value of made.inputs) if (value.kind === "input") prologueReads.add(value);
  return {
    prologue: graph(`${source.name}.prologue`, source.inputs.filter((value) => prologueReads.has(value)), prologueOutputs),
    step: graph(`${source.name}.step`, [...kept, ...crossing.values()], outputs),
  };
}
