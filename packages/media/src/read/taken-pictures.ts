/** Which picture each frame is where frames are wanted that come next, and not those that are on screen: told from the container, without decoding. */
import { EncodedPacketSink, type InputVideoTrack } from "mediabunny";
import { firstPictures } from "./first-pictures.js";
import { TIME_SLACK } from "./frame-times.js";
import type { TrackWindow } from "./track-window.js";

/** A picture that a frame takes. */
export interface TakenPicture {
  /** Its place among those from the start on. */
  readonly picture: number;
  /** When it is shown, seconds from the start of the clip. */
  readonly time: number;
}

/** Closer to the start than this, a picture is at it: what is left of times when others are taken off. */
const AT_START = 1e-9;

/**
 * The picture of each of `count` frames: the first at or after `start + i / fps`, see {@link firstPictures}, and the last one where none comes any more.
 *
 * @returns none where no picture comes at or after `start`
 */
export async function takenPictures(
  track: InputVideoTrack,
  window: TrackWindow,
  {
    origin,
    start,
    fps,
    count,
  }: { readonly origin: number; readonly start: number; readonly fps: number; readonly count: number },
): Promise<readonly TakenPicture[]> {
  const begin = origin + start;
  const seconds = count / fps;
  const times = (await timesOf(track, window, begin, begin + seconds))
    .map((time) => time - begin)
    .filter((time) => time >= -TIME_SLACK)
    .map((time) => (Math.abs(time) < AT_START || time < 0 ? 0 : time))
    .sort((a, b) => a - b);
  // Of the picture behind the end the last ticks may be.
  const taken = firstPictures(times, fps, times.find((time) => time >= seconds) ?? seconds).slice(0, count);
  const last = times.length - 1;
  if (last < 0) return [];
  return Array.from({ length: count }, (_, i) => {
    const picture = taken[i] ?? last;
    return { picture, time: start + (times[picture] as number) };
  });
}

/** Times of the pictures around a stretch, from the key frame before it to the one behind it. */
async function timesOf(track: InputVideoTrack, window: TrackWindow, from: number, to: number): Promise<readonly number[]> {
  const sink = new EncodedPacketSink(track);
  const options = { metadataOnly: true } as const;
  const times: number[] = [];
  let packet = (await sink.getKeyPacket(from + TIME_SLACK, options)) ?? (await sink.getFirstPacket(options));
  for (; packet !== null; packet = await sink.getNextPacket(packet, options)) {
    const { timestamp, type } = packet;
    if (timestamp >= window.from - TIME_SLACK && timestamp < window.to) times.push(timestamp);
    // Pictures that are stored behind a key frame may be shown before it: one more group is read.
    if (type === "key" && timestamp > to && times.some((time) => time > to && time < timestamp)) break;
  }
  return times;
}
