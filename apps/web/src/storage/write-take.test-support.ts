/** A whole take at once, for tests. */
import type { TakeStore } from "./projects.js";

/** Stores planar samples; gives the digest. */
export async function writeTake(
  takes: Pick<TakeStore, "begin">,
  channels: readonly Float32Array[],
  sampleRate: number,
): Promise<string> {
  const samples = channels[0]?.length ?? 0;
  const writer = await takes.begin({ sampleRate, channels: channels.length, samples });
  for (let at = 0; at < samples; at += PIECE) await writer.append(channels.map((channel) => channel.subarray(at, at + PIECE)));
  return writer.end();
}

/** Samples that come at once. */
const PIECE = 50_000;
