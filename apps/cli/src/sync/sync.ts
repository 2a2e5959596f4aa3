/** `foley sync`: does the sound come when things happen? */

import { openMedia } from "@foley-control/media/node";
import { detectOnsets } from "@foley-control/signal";
import type { Io } from "../io.js";
import { printJson } from "../terminal/print.js";
import { painter } from "../terminal/style.js";
import { compareOnsets, comparisonJson, comparisonText } from "./compare.js";
import { readEvents } from "./events.js";
import { visualEvents } from "./visual-events.js";

/** Flags of the command. */
export interface SyncFlags {
  readonly events?: string;
  readonly tolerance: number;
  readonly json?: boolean;
}

/** Measures one file. */
export async function sync(path: string, flags: SyncFlags, io: Io): Promise<void> {
  const given = flags.events === undefined ? undefined : await readEvents(flags.events);
  using media = await openMedia(path, { signal: io.signal });
  const { channels, sampleRate } = await media.audio({ signal: io.signal });
  const events = given ?? (await visualEvents(media, { signal: io.signal }));
  const comparison = compareOnsets(detectOnsets(mono(channels), sampleRate).times, events, flags.tolerance / 1000);
  if (flags.json) printJson(io, { file: path, source: given ? "given" : "picture", ...comparisonJson(comparison) });
  else io.out(comparisonText(comparison, painter(io.outIsTerminal, io.env)));
}

function mono(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0] as Float32Array;
  if (channels.length === 1) return first;
  return first.map((_, i) => channels.reduce((sum, channel) => sum + (channel[i] as number), 0) / channels.length);
}
