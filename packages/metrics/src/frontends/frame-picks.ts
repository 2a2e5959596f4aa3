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
}

/**
 * When the video is looked at: frame n at another rate is the one on screen just before (n + ½) / rate, because the filter rounds times to
 * the nearest place, halves upwards. At half a frame per second that is just before 1, 3, 5 and 7 s, not at 0, 2, 4 and 6 s.
 *
 * @returns trunc(rate · seconds) times in seconds, `1 / rate` apart
 * @throws FoleyError `invalid-argument` for numbers that are not positive
 */
export function pickTimes({ rate, seconds }: FramePickOptions): Float64Array {
  if (!(rate > 0 && Number.isFinite(rate)) || !(seconds > 0 && Number.isFinite(seconds)))
    throw new FoleyError("invalid-argument", `rate is ${rate} and seconds is ${seconds}; positive numbers were expected.`);
  return Float64Array.from({ length: Math.trunc(rate * seconds) }, (_, n) => (n + 0.5) / rate - TIME_SLACK);
}

/** How many frames a video that ends after so many seconds has at another rate; the time it ends is rounded like those of its frames. */
export const pickedFrames = (end: number, rate: number): number => Math.floor((end + TIME_SLACK) * rate + 0.5);
