/**
 * A length must be carried by packets. A damaged number in a header claims weeks, and whoever lays out frames or sound for them fills the
 * memory; a real file of that length has packets for it. Pictures may stand for long, sound may pause, both within reason.
 */
import { FoleyError } from "@foley-control/core";
import { EncodedPacketSink, type InputTrack } from "mediabunny";
import { round } from "./frame-times.js";
import type { SourceName } from "./problems.js";

/** Seconds of picture that need no more than one packet, and those that each packet allows for: slides, stills under music. */
const PICTURE = { free: 600, each: 60 } as const;
/** The same of sound. Beside a picture of at least a frame a second, sound may also pause for as long as that lasts. */
const SOUND = { free: 120, each: 2 } as const;

/** A track and the times at which it is shown or heard, in seconds from the start of the clip. */
export interface ClaimedTrack {
  readonly track: InputTrack;
  readonly end: number;
}

/**
 * Checks the lengths of the tracks of a file; few packets are looked at, and none of files of two minutes.
 *
 * @throws FoleyError `bad-file`
 */
export async function assertCarried(tracks: readonly ClaimedTrack[], name: SourceName): Promise<void> {
  const pictures = tracks.filter(({ track }) => track.isVideoTrack());
  for (const { track, end } of tracks) {
    const { free, each } = track.isVideoTrack() ? PICTURE : SOUND;
    const packets = await countPackets(track, (end - free) / each);
    let carried = free + each * packets;
    if (carried < end && !track.isVideoTrack()) {
      for (const picture of pictures) carried += await countPackets(picture.track, Math.min(end, picture.end));
    }
    if (end <= carried) continue;
    const what = track.isVideoTrack() ? "picture" : "sound";
    throw new FoleyError(
      "bad-file",
      `${name} claims ${round(end)} s of ${what} and has ${packets} packets of it, so its index is damaged.`,
      { hint: "Copy or download it again." },
    );
  }
}

/** How many packets a track has, up to `most`. */
async function countPackets(track: InputTrack, most: number): Promise<number> {
  let count = 0;
  if (!(most > 0)) return count;
  for await (const _ of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    if (++count >= most) break;
  }
  return count;
}
