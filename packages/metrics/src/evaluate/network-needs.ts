/** Which networks a list of metrics goes through, and whose weights these are: said before any of them is used. */
import type { ClipMetric } from "../metrics/clip-metric.js";
import { AUDIOBOX_RELEASE } from "../networks/audiobox.js";
import { IMAGEBIND_RELEASE } from "../networks/imagebind/imagebind.js";
import { LAION_CLAP_RELEASE } from "../networks/laion-clap.js";
import { MS_CLAP_RELEASE } from "../networks/ms-clap.js";
import { PANNS_RELEASE } from "../networks/panns.js";
import { PASST_RELEASE } from "../networks/passt.js";
import type { NetworkRelease } from "../networks/release.js";
import { SYNCHFORMER_RELEASE } from "../networks/synchformer/synchformer.js";
import { VGGISH_RELEASE } from "../networks/vggish.js";

/** Releases by the features that they make, without the side. */
const RELEASES = {
  vggish: VGGISH_RELEASE,
  panns: PANNS_RELEASE,
  passt: PASST_RELEASE,
  imagebind: IMAGEBIND_RELEASE,
  synchformer: SYNCHFORMER_RELEASE,
  "laion-clap": LAION_CLAP_RELEASE,
  "ms-clap": MS_CLAP_RELEASE,
  audiobox: AUDIOBOX_RELEASE,
} as const satisfies Readonly<Record<string, NetworkRelease>>;

/** Name of a network that metrics look through. */
export type MetricNetworkName = keyof typeof RELEASES;

/** One network that is needed. */
export interface NetworkNeed {
  /** Name of the network, which is that of its features. */
  readonly network: MetricNetworkName;
  /** Where its weights are published, and under which licence; `licenceNotice` makes a line of it. */
  readonly release: NetworkRelease;
  /** Ids of the metrics that need it. */
  readonly metrics: readonly string[];
}

/**
 * The networks that metrics need, in the order in which they come first. Those that need none add nothing.
 *
 * @example
 * ```ts
 * for (const { release } of networkNeeds(evaluationPreset("vggsound").metrics.map(metricOf))) console.log(licenceNotice(release));
 * ```
 */
export function networkNeeds(metrics: readonly Pick<ClipMetric, "id" | "needs">[]): readonly NetworkNeed[] {
  const needs = new Map<MetricNetworkName, string[]>();
  for (const { id, needs: features } of metrics)
    for (const feature of features) {
      const network = networkOf(feature);
      if (network === undefined) continue;
      const ids = needs.get(network) ?? [];
      if (!ids.includes(id)) ids.push(id);
      needs.set(network, ids);
    }
  return [...needs].map(([network, ids]) => ({ network, release: RELEASES[network], metrics: ids }));
}

/** `"generated/panns-logits"` comes of `panns`. */
function networkOf(feature: string): MetricNetworkName | undefined {
  const name = feature.slice(feature.indexOf("/") + 1).replace(/-logits$/, "");
  return Object.hasOwn(RELEASES, name) ? (name as MetricNetworkName) : undefined;
}
