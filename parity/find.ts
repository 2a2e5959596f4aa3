/** Finds inner values of a network by the parameters around them, so that a case can name what lies between. */
import type { Graph, GraphNode, GraphValue } from "@foley-control/core";
import { nodesOf } from "@foley-control/graph";

/** Looks up values of one graph. */
export interface Finder {
  /** All nodes, inputs before users. */
  readonly nodes: readonly GraphNode[];
  /** What is multiplied by a linear layer's weight. */
  inputOf(parameter: string): GraphValue;
  /** What a linear layer gives, its bias included when it has one. */
  outputOf(parameter: string): GraphValue;
  /** What a norm with this scale normalises. */
  normalised(parameter: string): GraphValue;
}

/** A {@link Finder} of the graph's values. */
export function finder(source: Graph): Finder {
  const nodes = nodesOf(source);
  /** Through what only moves elements. */
  const parameterBehind = (value: GraphValue): string | undefined => {
    if (value.kind === "parameter") return value.name;
    const { node } = value;
    if (node?.op !== "Transpose" && node?.op !== "Reshape") return undefined;
    return parameterBehind(node.inputs[0] as GraphValue);
  };
  const product = (name: string) => {
    const found = nodes.find((node) => node.op === "MatMul" && node.inputs.some((value) => parameterBehind(value) === name));
    if (!found) throw new Error(`No product with "${name}" in the graph.`);
    return found;
  };
  return {
    nodes,
    inputOf: (name) => product(name).inputs.find((value) => parameterBehind(value) !== name) as GraphValue,
    outputOf(name) {
      const made = product(name).outputs[0] as GraphValue;
      const bias = name.replace(/weight$/, "bias");
      const biased = nodes.find(
        (node) =>
          node.op === "Add" &&
          node.inputs.includes(made) &&
          node.inputs.some((value) => value.kind === "parameter" && value.name === bias),
      );
      return (biased?.outputs[0] ?? made) as GraphValue;
    },
    normalised(name) {
      const found = nodes.find(
        (node) =>
          node.op === "LayerNormalization" &&
          (node.inputs[1] as GraphValue).name === name &&
          node.inputs[1]?.kind === "parameter",
      );
      if (!found) throw new Error(`No norm with "${name}" in the graph.`);
      return found.inputs[0] as GraphValue;
    },
  };
}
