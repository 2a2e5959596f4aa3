/** Features kept on disk are those of certain weights: two checkpoints of one size are two networks. */
import { weightsDigest } from "@foley-control/weights/node";
import type { PictureNetworks } from "../evaluate/picture-features.js";
import type { SoundNetworks } from "../evaluate/sound-features.js";
import type { TextNetwork, TextNetworks } from "../evaluate/text-features.js";
import type { MetricNetwork } from "../networks/release.js";

/** The networks of an evaluation whose features are kept. */
export interface KeptNetworks {
  readonly networks?: SoundNetworks | undefined;
  readonly pictureNetworks?: PictureNetworks | undefined;
  readonly textNetworks?: TextNetworks | undefined;
}

/** The same networks, with ids that say what is in their weights. */
export async function namedByWeights(
  { networks, pictureNetworks, textNetworks }: KeptNetworks,
  signal?: AbortSignal,
): Promise<KeptNetworks> {
  return {
    networks: networks && (await eachNamed(networks, signal)),
    pictureNetworks: pictureNetworks && (await eachNamed(pictureNetworks, signal)),
    textNetworks: textNetworks && (await eachReaderNamed(textNetworks, signal)),
  };
}

/** Readers come with their tokenisers, which stay as they are. */
async function eachReaderNamed(readers: TextNetworks, signal: AbortSignal | undefined): Promise<TextNetworks> {
  const named: { -readonly [Role in keyof TextNetworks]: TextNetwork } = {};
  for (const role of ["laionClap", "msClap"] as const) {
    const reader = readers[role];
    if (reader) named[role] = { ...reader, ...(await eachNamed({ network: reader.network }, signal)) };
  }
  return named;
}

/** What is no network, such as the scale of a score, goes into the ids of all. */
async function eachNamed<Networks extends object>(networks: Networks, signal: AbortSignal | undefined): Promise<Networks> {
  const entries: [string, unknown][] = Object.entries(networks);
  const settings = entries.filter(([, value]) => value !== undefined && !isNetwork(value));
  const suffix = settings.length > 0 ? `/${JSON.stringify(settings)}` : "";
  const named: Record<string, unknown> = {};
  for (const [role, value] of entries) {
    named[role] = value;
    if (!isNetwork(value)) continue;
    const digest = await weightsDigest(value.weights, { signal });
    named[role] = { ...value, id: `${value.id}/${digest.slice(0, 16)}${suffix}` };
  }
  return named as Networks;
}

const isNetwork = (value: unknown): value is MetricNetwork<never> =>
  typeof value === "object" && value !== null && "weights" in value && "graph" in value;
