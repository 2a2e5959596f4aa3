/**
 * The stretch of a track that is to be seen or heard. A container may hold more: what was cut away by an edit list, an encoder's delay
 * and padding, frames whose beginning lies before the start of the file.
 */
import { type EncodedPacket, EncodedPacketSink, type InputTrack } from "mediabunny";

/** Times in the file's own time, seconds. */
export interface TrackWindow {
  readonly from: number;
  readonly to: number;
  /** By how much `to` may be off, because it was stored in coarser ticks than the track; default 0. */
  readonly slack?: number | undefined;
}

/** All of a track. */
export const EVERYTHING: TrackWindow = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** How many packets in a row may lie behind the end of a window while one that is shown may still follow in decoding order. */
const REORDERED = 64;
/** Seconds of sound before a stretch that its decoder starts from: more than the priming of AAC and the pre-roll of Opus. */
export const SOUND_RUN_IN = 0.1;

/** The encoded packets of what a window shows, in decoding order: from the key frame that it needs to the last that is shown. */
export async function* packetsWithin(track: InputTrack, window: TrackWindow): AsyncGenerator<EncodedPacket, void, undefined> {
  const sink = new EncodedPacketSink(track);
  const start = await firstNeeded(sink, window.from - (track.isVideoTrack() ? 0 : SOUND_RUN_IN));
  if (!start) return;
  if (window.to === Number.POSITIVE_INFINITY) {
    yield* sink.packets(start);
    return;
  }
  for await (const packet of packetsFrom(sink, start, window.to)) {
    const rest = window.to - packet.timestamp;
    yield rest > 0 && packet.duration > rest ? packet.clone({ duration: rest }) : packet;
  }
}

/** Packets from one on, as far as anything before `to` needs them. */
async function* packetsFrom(
  sink: EncodedPacketSink,
  start: EncodedPacket,
  to: number,
): AsyncGenerator<EncodedPacket, void, undefined> {
  let behind: EncodedPacket[] = [];
  for await (const packet of sink.packets(start)) {
    if (packet.timestamp >= to) {
      behind.push(packet);
      if (behind.length > REORDERED) return;
      continue;
    }
    // What lies behind the end but before this one in the file is what this one is made from.
    yield* behind;
    behind = [];
    yield packet;
  }
}

/** Frames that must be decoded although a window does not show them, before it or behind it: without an edit list they would be seen. */
export async function hiddenFrames(
  track: InputTrack,
  window: TrackWindow,
): Promise<{ readonly before: boolean; readonly behind: boolean }> {
  const sink = new EncodedPacketSink(track);
  const first = await firstNeeded(sink, window.from);
  const before = first !== null && Number.isFinite(window.from) && first.timestamp < window.from - 1e-3;
  // What lies behind the end is needed only from the last key frame before it on.
  const key = Number.isFinite(window.to) ? await firstNeeded(sink, window.to) : null;
  if (key)
    for await (const packet of packetsFrom(sink, key, window.to))
      if (packet.timestamp >= window.to) return { before, behind: true };
  return { before, behind: false };
}

async function firstNeeded(sink: EncodedPacketSink, from: number): Promise<EncodedPacket | null> {
  const verify = { verifyKeyPackets: true };
  if (from === Number.NEGATIVE_INFINITY) return sink.getFirstPacket();
  return (await sink.getKeyPacket(from, verify)) ?? (await sink.getFirstKeyPacket(verify)) ?? sink.getFirstPacket();
}

/** A track with its window, as its inspection found it. */
export interface WindowedTrack {
  readonly window: TrackWindow;
  /** First and last time that is shown or heard, in the file's own time, seconds. */
  readonly start: number;
  readonly end: number;
}

/** What of a track from `first` to `last` is in its window. A window that leaves nothing away becomes {@link EVERYTHING}. */
export function windowed(first: number, last: number, { from, to, slack = 0 }: TrackWindow): WindowedTrack {
  const cutsStart = from > first;
  const cutsEnd = to < last - slack;
  return {
    window: { from: cutsStart ? from : EVERYTHING.from, to: cutsEnd ? to : EVERYTHING.to },
    start: cutsStart ? from : first,
    end: cutsEnd ? to : last,
  };
}
