/** `foley sync`: does the sound come when things happen? */

import { openMedia } from "@foley-control/media/node";
import { createFoley } from "@foley-control/pipeline/node";
import { detectOnsets } from "@foley-control/signal";
import { readEventFile } from "../events/event-file.js";
import type { Io } from "../io.js";
import type { ComputeFlags } from "../parts/options.js";
import { printJson } from "../terminal/print.js";
import { painter } from "../terminal/style.js";
import { compareOnsets, comparisonJson, comparisonText } from "./compare.js";

/** Flags of the command. */
export interface SyncFlags extends ComputeFlags {
  readonly model?: string;
  readonly events?: string;
  readonly tolerance: number;
  readonly json?: boolean;
}

/** Measures one file. */
export async function sync(path: string, flags: SyncFlags, io: Io): Promise<void> {
  using media = await openMedia(path, { signal: io.signal });
  const { channels, sampleRate } = await media.audio({ signal: io.signal });
  const { video } = media.info;
  const seconds = Math.max(video?.duration ?? 0, (channels[0]?.length ?? 0) / sampleRate);
  const given = flags.events !== undefined && (await readEventFile(flags.events, { duration: seconds, frameRate: video?.fps }));
  const events = given ? given.map(({ time }) => time) : await seenEvents(path, flags, io);
  const comparison = compareOnsets(detectOnsets(mono(channels), sampleRate).times, events, flags.tolerance / 1000);
  if (flags.json) printJson(io, { file: path, source: given ? "given" : "picture", ...comparisonJson(comparison) });
  else io.out(comparisonText(comparison, painter(io.outIsTerminal, io.env)));
}

/** What the model finds in the picture. */
async function seenEvents(path: string, flags: SyncFlags, io: Io): Promise<readonly number[]> {
  await using foley = await createFoley({ model: flags.model, runtime: { device: flags.device } });
  const { events } = await foley.findEvents({ video: path, signal: io.signal });
  return events.map(({ time }) => time);
}

function mono(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0] as Float32Array;
  if (channels.length === 1) return first;
  return first.map((_, i) => channels.reduce((sum, channel) => sum + (channel[i] as number), 0) / channels.length);
}
