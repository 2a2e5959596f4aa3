/** What the networks of the metrics have in common: weights from a release or by formula, and values inside a graph as further outputs. */

import { type GraphValue, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, valuesOf } from "@foley-control/graph";
import type { MetricNetwork, NetworkDescriptor, NetworkSizes } from "@foley-control/metrics";
import { openCheckpoint } from "@foley-control/weights/node";
import { withGraph } from "./runtime.js";

/**
 * The release that lies beside the case, opened as it would be, or weights by formula under the same names.
 *
 * @param built - parameters that are part of the architecture, which a case has no formula for
 */
export async function releasedWeights(
  golden: GoldenCase,
  { releases: [{ checkpoint }] }: NetworkDescriptor,
  built: Readonly<Record<string, PlainTensor>> = {},
): Promise<ParameterSource> {
  const file = golden.file["checkpoint"] as string | undefined;
  if (file !== undefined) return openCheckpoint(besideCase(golden, file), checkpoint);
  const strip = (name: string) =>
    (checkpoint.strip ?? []).reduce((rest, prefix) => (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest), name);
  const made = Object.entries(formulaWeights(golden.file)).map(([name, tensor]) => [strip(name), tensor] as const);
  return memoryParameters({ ...Object.fromEntries(made), ...built });
}

/** A value inside a graph: its label, and what is done to it before it is compared. */
export type Stage = readonly [label: string, apply?: (value: GraphValue) => GraphValue];

/** Runs a network with its labelled values as further outputs, named as the case names them. */
export function runStages(
  network: MetricNetwork,
  sizes: NetworkSizes,
  feeds: Readonly<Record<string, Numbers | PlainTensor>>,
  stages: Readonly<Record<string, Stage>>,
): Promise<Record<string, Numbers>> {
  const plain = network.graph(sizes);
  const labelled = new Map(valuesOf(plain).map((value) => [value.name, value]));
  const inner = Object.entries(stages).map(([output, [label, apply = (value: GraphValue) => value]]) => {
    const value = labelled.get(label) ?? plain.outputs[label];
    if (!value) throw new Error(`The graph has no value "${label}".`);
    return [output, apply(value)] as const;
  });
  const whole = graph(plain.name, plain.inputs, { ...plain.outputs, ...Object.fromEntries(inner) });
  return withGraph(whole, network.weights, (run) => run(feeds));
}
