/**
 * Loop-invariant code motion (Aho et al., "Compilers", §9.5). Whatever does not depend on the varying inputs (the latents
 * and the time of a sampler step) moves to a prologue that runs once per clip: text and video keys and values of every
 * block, projected conditioning, rotary tables. No model writes its own cache.
 *
 * Three decisions. What depends on parameters and constants alone stays in the step: the runtime folds it when it loads, and
 * crossing would cost memory for nothing. Views (Reshape, Transpose, Expand, Slice) of a hoisted value are hoisted like any
 * other op: a Transpose is a copy per step otherwise, and a Reshape in the step buys nothing. Labels and Detach are looked
 * through, so that one array never crosses under two names.
 */
import { FoleyError, type Graph, type GraphValue } from "@foley-control/core";
import { graph, input, nodesOf } from "../value.js";
import { unlabelled, varyingValues } from "./dependence.js";
import { rewriteOutputs } from "./rewrite.js";
import { simplify } from "./simplify.js";

/** What `hoist` returns. */
export interface Hoisted {
  /** Runs once; its outputs are exactly the step's extra inputs, by name. */
  readonly prologue: Graph;
  /** Runs every step: the varying inputs, the inputs that it reads directly, and the prologue's outputs. */
  readonly step: Graph;
}

/**
 * Splits a graph by dependence on the inputs named in `varying`, so that `step(varying, prologue(rest))` equals the whole.
 *
 * @param original - Any graph; duplicates are merged first, so that no array crosses twice.
 * @param varying - Names of the inputs that change from step to step.
 * @throws FoleyError `invalid-argument` for a name that is no input of the graph.
 */
export function hoist(original: Graph, varying: readonly string[]): Hoisted {
  for (const name of varying) {
    if (!original.inputs.some((value) => value.name === name)) {
      throw new FoleyError("invalid-argument", `hoist: the graph "${original.name}" has no input "${name}".`, {
        hint: `Its inputs are ${original.inputs.map((value) => value.name).join(", ")}.`,
      });
    }
  }
  const source = simplify(original);
  const dependsOnInput = varyingValues(source);
  const moves = varyingValues(
    source,
    source.inputs.filter((value) => varying.includes(value.name ?? "")),
  );
  const order = nodesOf(source);

  const taken = new Set(source.inputs.map((value) => value.name));
  let counter = 0;
  const freshName = (): string => {
    const name = `hoisted.${counter++}`;
    return taken.has(name) ? freshName() : name;
  };
  // A value crosses when it is made by a fixed node that reads an input and is used by a varying node or is an output.
  const crossing = new Map<GraphValue, GraphValue>();
  const replacement = new Map<GraphValue, GraphValue>();
  const consider = (value: GraphValue) => {
    if (value.kind !== "node" || moves.has(value) || !dependsOnInput.has(value) || replacement.has(value)) return;
    const bare = unlabelled(value);
    if (bare.kind === "node" && !crossing.has(bare)) crossing.set(bare, input(freshName(), bare.shape, bare.dtype));
    replacement.set(value, crossing.get(bare) ?? bare);
  };
  for (const made of order) if (made.outputs.some((value) => moves.has(value))) made.inputs.forEach(consider);
  Object.values(source.outputs).forEach(consider);

  const outputs = rewriteOutputs(source.outputs, (value) => replacement.get(value) ?? value);
  const prologueOutputs = Object.fromEntries([...crossing].map(([value, made]) => [made.name as string, value]));
  const direct = inputsRead(outputs);
  const early = inputsRead(prologueOutputs);
  const kept = source.inputs.filter((value) => varying.includes(value.name ?? "") || direct.has(value));
  const first = source.inputs.filter((value) => early.has(value));
  return {
    prologue: graph(`${source.name}.prologue`, first, prologueOutputs),
    step: graph(`${source.name}.step`, [...kept, ...crossing.values()], outputs),
  };
}

function inputsRead(outputs: Readonly<Record<string, GraphValue>>): ReadonlySet<GraphValue> {
  const roots = Object.values(outputs);
  return new Set([...roots, ...nodesOf(roots).flatMap((made) => made.inputs)].filter((value) => value.kind === "input"));
}
