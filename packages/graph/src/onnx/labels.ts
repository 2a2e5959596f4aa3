/** Names of values in a file become labels, so that `splice` finds them. */
import type { GraphNode, GraphValue } from "@foley-control/core";
import { named, node } from "../value.js";

/** The label of a result, `""` for none, and whether it is a result of its whole scope, which whoever reads that one labels. */
export type LabelOf = (index: number) => { readonly label: string | undefined; readonly isEnd: boolean };

/**
 * A node that is new carries the labels itself (every value that was made before has one); what a node merely hands on gets an Identity
 * for its label.
 */
export function withLabels(results: readonly (GraphValue | undefined)[], labelOf: LabelOf): readonly (GraphValue | undefined)[] {
  const inner = results.find((value) => value)?.node;
  if (inner?.outputs.every((value) => value.name === undefined) && results.every((value) => !value || value.node === inner))
    return relabelled(inner, results, labelOf);
  return results.map((value, i) => {
    const { label, isEnd } = labelOf(i);
    return value && value.kind !== "constant" && label && !isEnd ? named(value, label) : value;
  });
}

function relabelled(inner: GraphNode, results: readonly (GraphValue | undefined)[], labelOf: LabelOf) {
  const labels = new Array<string | undefined>(inner.outputs.length).fill(undefined);
  results.forEach((value, i) => {
    if (value) labels[value.index as number] ??= labelOf(i).label || undefined;
  });
  const outputs = node(inner.op, inner.inputs, inner.attributes, labels);
  return results.map((value) => value && outputs[value.index as number]);
}
