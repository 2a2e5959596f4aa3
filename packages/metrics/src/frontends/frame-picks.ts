/** Which frames of a video a network sees when ffmpeg's filter `fps` hands them on at another rate, as av-benchmark has them read. */
import { FoleyError } from "@foley-control/core";

/** Slack in seconds for times that went through integer time bases; half of the shortest tick in use is far above it. */
const TIME_SLACK = 1e-6;

/** What is picked of a video. */
export interface FramePickOptions {
  /** Frames per second that are wanted. */
  readonly rate: number;
  /** Length that is looked at, from the beginning, seconds. */
  readonly seconds: number;
  /** Where the last frame of the video ends, seconds. Default: as long after its beginning as the one before lasted. */
  readonly end?: number | undefined;
}

/**
 * Index of the source frame of each frame at another rate: the n-th is the last one that begins before (n + ½) / rate, so a time is
 * rounded to the nearest place, halves upwards. At half a frame per second that is just before 1, 3, 5 and 7 s, not 0, 2, 4 and 6 s.
 *
 * @param times - When each source frame begins, seconds from the first, increasing
 * @returns trunc(rate · seconds) indices, not decreasing
 * @throws FoleyError `invalid-argument` when the video is too short, which av-benchmark answers by dropping it silently, or numbers that
 * are no times
 * @example
 * ```ts
 * const times = Array.from({ length: 240 }, (_, i) => i / 30);
 * pickFrames(times, { rate: 0.5, seconds: 8 }); // [29, 89, 149, 209]
 * ```
 */
export function pickFrames(times: ArrayLike<number>, { rate, seconds, end }: FramePickOptions): Int32Array {
  if (!(rate > 0 && Number.isFinite(rate)) || !(seconds > 0 && Number.isFinite(seconds)))
    throw new FoleyError("invalid-argument", `rate is ${rate} and seconds is ${seconds}; positive numbers were expected.`);
  for (let i = 0; i < times.length; i++)
    if (!Number.isFinite(times[i]) || (i > 0 && !((times[i] as number) >= (times[i - 1] as number))))
      throw new FoleyError("invalid-argument", `times[${i}] is ${times[i]}; increasing seconds were expected.`);
  const count = Math.trunc(rate * seconds);
  const ends = end ?? endOf(times);
  const there = Math.floor((ends + TIME_SLACK) * rate + 0.5);
  if (times.length === 0 || there < count)
    throw new FoleyError(
      "invalid-argument",
      `The video lasts ${Math.round(ends * 1000) / 1000} s, which gives ${times.length === 0 ? 0 : there} frames at ${rate} per second; ${count} are needed for ${seconds} s.`,
      { hint: "Leave the clip out, or evaluate a shorter part of all clips." },
    );
  const picks = new Int32Array(count);
  let at = 0;
  for (let n = 0; n < count; n++) {
    const before = (n + 0.5) / rate - TIME_SLACK;
    while (at + 1 < times.length && (times[at + 1] as number) < before) at++;
    picks[n] = at;
  }
  return picks;
}

/** The last frame is taken to last as long as the one before; a single one ends where it begins. */
function endOf(times: ArrayLike<number>): number {
  const last = (times[times.length - 1] as number | undefined) ?? 0;
  return times.length < 2 ? last : 2 * last - (times[times.length - 2] as number);
}
