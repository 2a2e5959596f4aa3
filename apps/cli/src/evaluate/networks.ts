/** Networks of the metrics: which weights a person gave, which are missing, and whose licence is said when. */
import { stat } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import {
  type EvaluationPreset,
  findNetwork,
  licenceNotice,
  metricNetworks,
  metricOf,
  type NetworkDescriptor,
  type NetworkNeed,
  networkNeeds,
  type OpenedNetwork,
  openNetwork,
} from "@foley-control/metrics/node";
import { noticeOnce } from "@foley-control/models/node";
import { type Io, UsageError } from "../io.js";

/** Flags that name networks. */
export interface NetworkFlags {
  readonly weights?: readonly string[];
  readonly tokeniser?: readonly string[];
  readonly nonCommercial?: boolean;
  readonly quiet?: boolean;
}

/**
 * Opens what a preset needs and the flags give; nothing is read but headers. What is missing is said, with where to get it.
 *
 * @throws UsageError for a network that is not known, or weights for non-commercial use that were not asked for; FoleyError for weights
 * that cannot be read, and, with a strict preset, for missing ones.
 */
export async function openNetworks(preset: EvaluationPreset, flags: NetworkFlags, io: Io): Promise<readonly OpenedNetwork[]> {
  const { paths, folders } = await sortWeights(flags.weights ?? []);
  const opened: OpenedNetwork[] = [];
  const say = (line: string): void => void (flags.quiet || io.err(`${line}\n`));
  for (const { network: name, release, metrics } of networkNeeds(preset.metrics.map(metricOf))) {
    const network = metricNetworks.find((one) => one.name === name) as NetworkDescriptor;
    const given = paths.get(network);
    const path = given ?? (await findNetwork(network, folders));
    if (path === undefined) {
      const gone = `No weights of ${release.title} (${release.file}): ${titles(metrics)} cannot be measured.`;
      const hint = `Get them from ${release.url}, and give their folder with --weights.`;
      if (preset.strict) throw new FoleyError("not-found", gone, { hint });
      say(`Note: ${gone} ${hint}`);
    } else if (release.nonCommercial && !flags.nonCommercial) {
      const notice = `${licenceNotice(release)}. Say --non-commercial if that is your use.`;
      if (given !== undefined || preset.strict) throw new UsageError(notice);
      say(`Note: ${titles(metrics)} left out. ${notice}`);
    } else opened.push(await openNetwork(network, path, { folders, tokenisers: flags.tokeniser }));
  }
  return opened;
}

const titles = (ids: readonly string[]): string => ids.map((id) => metricOf(id).title).join(", ");

/** Says under which licence networks are used, once on this machine. */
export async function sayLicences(needs: readonly NetworkNeed[], flags: NetworkFlags, io: Io): Promise<void> {
  if (flags.quiet) return;
  for (const { release } of needs)
    await noticeOnce(`metrics: ${release.title}`, `Licence of weights: ${licenceNotice(release)}. It is yours to follow.`, {
      env: io.env,
      onNotice: (notice) => io.err(`${notice}\n`),
    });
}

/** `NETWORK=FILE` apart from folders. */
async function sortWeights(given: readonly string[]): Promise<{
  readonly paths: ReadonlyMap<NetworkDescriptor, string>;
  readonly folders: readonly string[];
}> {
  const paths = new Map<NetworkDescriptor, string>();
  const folders: string[] = [];
  for (const text of given) {
    const isFolder = await stat(text).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) {
      folders.push(text);
      continue;
    }
    const [, name, path] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
    if (path === undefined) throw new UsageError(`--weights was given "${text}", which is no folder and not NETWORK=FILE.`);
    const network = metricNetworks.find((one) => one.name === name);
    if (network === undefined) {
      const known = metricNetworks.map((one) => one.name).join(", ");
      throw new UsageError(`--weights was given "${text}"; there is no network "${name}". Known are ${known}.`);
    }
    paths.set(network, path);
  }
  return { paths, folders };
}
