/** The one way a pass changes a graph: rebuild it from the leaves, replacing what the pass wants replaced. */
import type { Graph, GraphNode, GraphValue } from "@foley-control/core";
import { graph, node, nodesOf } from "../value.js";

/** A memo that maps values of the old graph to values of the new one. */
export interface Rewriter {
  /** The new value of an old one, rebuilding what it depends on when an input changed. */
  map(value: GraphValue): GraphValue;
}

/** Decides about one node: its new outputs, or `undefined` to keep it (rebuilt when its inputs changed). */
export type NodeRule = (source: GraphNode, inputs: readonly GraphValue[]) => readonly GraphValue[] | undefined;

/**
 * @param leaf - Replaces inputs, parameters and constants; return the value itself to keep it.
 * @param rule - Replaces nodes.
 * @param roots - What will be asked for, so that the order can be derived without recursion.
 */
export function rewriter(
  roots: readonly GraphValue[],
  leaf: (value: GraphValue) => GraphValue,
  rule: NodeRule = () => undefined,
): Rewriter {
  const done = new Map<GraphValue, GraphValue>();
  const valueOf = (value: GraphValue): GraphValue => {
    const known = done.get(value);
    if (known) return known;
    const made = leaf(value);
    done.set(value, made);
    return made;
  };
  for (const source of nodesOf(roots)) {
    const replaced = source.outputs.map((output) => leaf(output));
    if (replaced.some((value, i) => value !== source.outputs[i])) {
      source.outputs.forEach((output, i) => {
        done.set(output, replaced[i] as GraphValue);
      });
      continue;
    }
    const inputs = source.inputs.map(valueOf);
    const outputs = rule(source, inputs) ?? rebuilt(source, inputs);
    source.outputs.forEach((output, i) => {
      done.set(output, outputs[i] as GraphValue);
    });
  }
  return { map: valueOf };
}

/** Outputs of a node on new inputs, labels kept; the very same outputs when the inputs are the same. */
export function rebuilt(source: GraphNode, inputs: readonly GraphValue[]): readonly GraphValue[] {
  if (inputs.every((value, i) => value === source.inputs[i])) return source.outputs;
  return node(
    source.op,
    inputs,
    source.attributes,
    source.outputs.map((value) => value.name),
  );
}

/** Rewrites a whole graph. */
export function rewrite(
  source: Graph,
  options: {
    readonly leaf?: (value: GraphValue) => GraphValue;
    readonly rule?: NodeRule;
    readonly inputs?: readonly GraphValue[];
    readonly name?: string;
  },
): Graph {
  const roots = Object.values(source.outputs);
  const { map } = rewriter(roots, options.leaf ?? ((value) => value), options.rule);
  const outputs = Object.fromEntries(Object.entries(source.outputs).map(([key, value]) => [key, map(value)]));
  return graph(options.name ?? source.name, options.inputs ?? source.inputs, outputs);
}
