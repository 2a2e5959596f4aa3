/** What depends on what: for passes that treat weights and activations differently. */
import type { Graph, GraphNode, GraphValue } from "@foley-control/core";
import { nodesOf } from "../value.js";

/** Values that depend on some of the graph's inputs, by default on any; what depends on none is known when the graph is loaded. */
export function varyingValues(source: Graph, inputs: readonly GraphValue[] = source.inputs): ReadonlySet<GraphValue> {
  const found = new Set<GraphValue>(inputs);
  for (const made of nodesOf(source))
    if (made.inputs.some((value) => found.has(value))) for (const value of made.outputs) found.add(value);
  return found;
}

/** A value without the labels and Detach around it. */
export function unlabelled(value: GraphValue): GraphValue {
  let bare = value;
  while (bare.node?.op === "Identity" || bare.node?.op === "Detach") bare = bare.node.inputs[0] as GraphValue;
  return bare;
}

/**
 * Nodes that depend on no more than a few numbers per row of the batch, as the time of a sampler step and the features that are made of
 * it do: little work, on which everything depends.
 */
export function clockNodes(source: Graph): ReadonlySet<GraphNode> {
  const varying = varyingValues(source);
  const isClock = ({ shape, dtype }: GraphValue) => dtype.startsWith("float") && shape.slice(1).every((size) => size === 1);
  const clock = new Set<GraphValue>(source.inputs.filter(isClock));
  const nodes = new Set<GraphNode>();
  for (const made of nodesOf(source)) {
    const read = made.inputs.filter((value) => varying.has(value));
    if (read.length === 0 || !read.every((value) => clock.has(value))) continue;
    nodes.add(made);
    for (const value of made.outputs) clock.add(value);
  }
  return nodes;
}
