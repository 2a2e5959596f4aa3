/** Which frames of a video the filter hands on, by when each begins: what readers of files are held against. */
import { FoleyError } from "@foley-control/core";
import { type FramePickOptions, pickedFrames, pickTimes } from "./frame-picks.js";

/**
 * Index of the source frame of each frame at another rate, see {@link pickTimes}.
 *
 * @param times - When each source frame begins, seconds from the first, increasing
 * @param end - Where the last frame ends, seconds. Default: as long after its beginning as the one before lasted
 * @returns trunc(rate · seconds) indices, not decreasing
 * @throws FoleyError `invalid-argument` when the video is too short, which av-benchmark answers by dropping it silently, or numbers that
 * are no times
 * @example
 * ```ts
 * const times = Array.from({ length: 240 }, (_, i) => i / 30);
 * pickFrames(times, { rate: 0.5, seconds: 8 }); // [29, 89, 149, 209]
 * ```
 */
export function pickFrames(times: ArrayLike<number>, options: FramePickOptions, end = endOf(times)): Int32Array {
  const wanted = pickTimes(options);
  for (let i = 0; i < times.length; i++)
    if (!Number.isFinite(times[i]) || (i > 0 && !((times[i] as number) >= (times[i - 1] as number))))
      throw new FoleyError("invalid-argument", `times[${i}] is ${times[i]}; increasing seconds were expected.`);
  const there = times.length === 0 ? 0 : pickedFrames(end, options.rate);
  if (there < wanted.length || times.length === 0)
    throw new FoleyError(
      "invalid-argument",
      `The video lasts ${Math.round(end * 1000) / 1000} s, which gives ${there} frames at ${options.rate} per second; ${wanted.length} are needed for ${options.seconds} s.`,
      { hint: "Leave the clip out, or evaluate a shorter part of all clips." },
    );
  let at = 0;
  return Int32Array.from(wanted, (time) => {
    while (at + 1 < times.length && (times[at + 1] as number) <= time) at++;
    return at;
  });
}

/** The last frame is taken to last as long as the one before; a single one ends where it begins. */
function endOf(times: ArrayLike<number>): number {
  const last = (times[times.length - 1] as number | undefined) ?? 0;
  return times.length < 2 ? last : 2 * last - (times[times.length - 2] as number);
}
