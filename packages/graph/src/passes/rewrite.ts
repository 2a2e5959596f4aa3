/** The one way a pass changes a graph: rebuild it from the leaves, replacing what the pass wants replaced. */
import type { Graph, GraphNode, GraphValue } from "@foley-control/core";
import { graph, node, nodesOf } from "../value.js";

/** Decides about one node: its new outputs, or `undefined` to keep it (rebuilt when its inputs changed). */
export type NodeRule = (source: GraphNode, inputs: readonly GraphValue[]) => readonly GraphValue[] | undefined;

/**
 * New values of old ones by name; what they depend on is rebuilt where an input changed.
 *
 * @param outputs - What is asked for.
 * @param leaf - Replaces inputs, parameters and constants; return the value itself to keep it.
 * @param rule - Replaces nodes.
 */
export function rewriteOutputs(
  outputs: Graph["outputs"],
  leaf: (value: GraphValue) => GraphValue,
  rule: NodeRule = () => undefined,
): Record<string, GraphValue> {
  const done = new Map<GraphValue, GraphValue>();
  const valueOf = (value: GraphValue): GraphValue => {
    const known = done.get(value);
    if (known) return known;
    const made = leaf(value);
    done.set(value, made);
    return made;
  };
  for (const source of nodesOf(Object.values(outputs))) {
    const replaced = source.outputs.map((output) => leaf(output));
    if (replaced.some((value, i) => value !== source.outputs[i])) {
      for (const [i, output] of source.outputs.entries()) done.set(output, replaced[i] as GraphValue);
      continue;
    }
    const inputs = source.inputs.map(valueOf);
    const made = rule(source, inputs) ?? rebuilt(source, inputs);
    for (const [i, output] of source.outputs.entries()) done.set(output, made[i] as GraphValue);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, valueOf(value)]));
}

/** Outputs of a node on new inputs, labels kept; the very same outputs when the inputs are the same. */
export function rebuilt(source: GraphNode, inputs: readonly GraphValue[]): readonly GraphValue[] {
  if (inputs.every((value, i) => value === source.inputs[i])) return source.outputs;
  const labels = source.outputs.map((value) => value.name);
  return node(source.op, inputs, source.attributes, labels);
}

/** Rewrites a whole graph. */
export function rewrite(
  source: Graph,
  options: {
    readonly leaf?: (value: GraphValue) => GraphValue;
    readonly rule?: NodeRule;
    readonly inputs?: readonly GraphValue[];
  },
): Graph {
  const outputs = rewriteOutputs(source.outputs, options.leaf ?? ((value) => value), options.rule);
  return graph(source.name, options.inputs ?? source.inputs, outputs);
}
