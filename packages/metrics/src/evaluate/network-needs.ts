/** Which networks a list of metrics goes through, and whose weights these are: said before any of them is used. */
import type { ClipMetric } from "../metrics/clip-metric.js";
import type { NetworkDescriptor } from "../networks/descriptor.js";
import { metricNetworks } from "../networks/list.js";
import type { NetworkRelease } from "../networks/release.js";

/** One network that is needed. */
export interface NetworkNeed {
  /** Name of the network. */
  readonly network: string;
  /** Where its weights are published, and under which licence; `licenceNotice` makes a line of it. */
  readonly release: NetworkRelease;
  /** Ids of the metrics that need it. */
  readonly metrics: readonly string[];
}

/**
 * The networks that metrics need, in the order in which they come first. Those that need none add nothing.
 *
 * @param networks - Those that there are. Default: all of this package
 * @example
 * ```ts
 * for (const { release } of networkNeeds(evaluationPreset("vggsound").metrics.map(metricOf))) console.log(licenceNotice(release));
 * ```
 */
export function networkNeeds(
  metrics: readonly Pick<ClipMetric, "id" | "needs">[],
  networks: readonly NetworkDescriptor[] = metricNetworks,
): readonly NetworkNeed[] {
  const needs = new Map<NetworkDescriptor, string[]>();
  for (const { id, needs: features } of metrics)
    for (const feature of features) {
      const network = networks.find((one) => gives(one, feature));
      if (!network) continue;
      const ids = needs.get(network) ?? [];
      if (!ids.includes(id)) ids.push(id);
      needs.set(network, ids);
    }
  return [...needs].map(([{ name, releases }, ids]) => ({ network: name, release: releases[0], metrics: ids }));
}

/** Whether a feature, named with its side, comes of a network. */
function gives({ gives: made }: NetworkDescriptor, feature: string): boolean {
  const name = feature.slice(feature.indexOf("/") + 1);
  return Object.values(made).some((features) => Object.hasOwn(features, name));
}
