/** From networks at hand to what makes features: a loop over what each of them hears, sees, reads and puts together. */
import type { Runtime } from "@foley-control/core";
import type { FeatureMakers } from "../features/makers.js";
import type { OpenedNetwork, Senses } from "../networks/descriptor.js";
import type { OpenSense } from "../networks/senses.js";

/** Options of {@link networkFeatures}. */
export interface NetworkFeaturesOptions {
  /** Runs the graphs. */
  readonly runtime: Runtime;
  /** First seconds of every clip that count; all clips of an evaluation must share them. */
  readonly seconds: number;
  /** A digest of each network's weights, which then stands in the ids: two checkpoints of one size are two networks. Default: none. */
  readonly digests?: ReadonlyMap<OpenedNetwork, string> | undefined;
}

/**
 * Everything that the given networks say about clips. Nothing is loaded before it is first asked.
 *
 * @example
 * ```ts
 * const { see: [features] } = networkFeatures([synchformerNetwork.open({ weights })], { runtime, seconds: 8 });
 * const [start] = pickTimes(features.looks);
 * const frames = media.frames({ fps: features.looks.rate, start, duration: 8, size: [height, width] });
 * ```
 */
export function networkFeatures(networks: readonly OpenedNetwork[], options: NetworkFeaturesOptions): FeatureMakers {
  const { runtime, seconds, digests } = options;
  // What a score depends on besides weights goes into the ids of all that hear.
  const settings = networks.flatMap(({ settings: own = {} }) => Object.entries(own));
  const suffix = digests && settings.length > 0 ? `/${JSON.stringify(settings)}` : "";
  const opened = <Maker>(sense: keyof Senses, behind: string, of: (one: OpenedNetwork) => OpenSense<Maker> | undefined) =>
    networks.flatMap((one) => {
      const digest = digests?.get(one);
      const tag = digest === undefined ? "" : `/${digest.slice(0, 16)}${behind}`;
      return of(one)?.({ runtime, seconds, tag, makes: Object.keys(one.network.gives[sense] ?? {}) }) ?? [];
    });
  return {
    hear: opened("sound", suffix, ({ sound }) => sound),
    see: opened("video", "", ({ video }) => video),
    read: opened("text", "", ({ text }) => text),
    join: opened("pair", "", ({ pair }) => pair),
  };
}
