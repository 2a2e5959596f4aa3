/**
 * An edit list with an end, for an mp4 or mov whose last frames are made from one that lies behind the end: its packet is there, and must
 * never be seen. The muxing library writes an edit list from the times of what it holds, and has no option for another end.
 */
import type { Output } from "mediabunny";

interface Sample {
  readonly timestamp: number;
  duration: number;
}

interface VideoTrackData {
  readonly type: string;
  readonly samples: readonly Sample[];
  startTimestampOffset: number | null;
}

/** So small that it moves nothing, and not 0, without which no list is written. */
const HARDLY = 1e-9;

/** Before the file is completed: its picture ends at `end` seconds, whatever lies behind. */
export function endPicture(output: Output, end: number): void {
  const { _muxer } = output as unknown as { readonly _muxer?: { readonly trackDatas?: readonly VideoTrackData[] } };
  for (const track of _muxer?.trackDatas ?? []) {
    if (track.type !== "video") continue;
    const first = track.samples.reduce((least, { timestamp }) => Math.min(least, timestamp), Number.POSITIVE_INFINITY);
    if ((track.startTimestampOffset ?? first) === 0) track.startTimestampOffset = -HARDLY;
    // The length of the list is where the last of them ends.
    for (const sample of track.samples) if (sample.timestamp >= end) sample.duration = end - sample.timestamp;
  }
}
