/** The exact times of frames: `start + i / fps` for every i that lies before the end. */
import { FoleyError } from "@foley-control/core";
import type { VideoInfo } from "./types.js";

/** Slack in seconds for times that went through integer time bases; half of the shortest tick in use is far above it. */
export const TIME_SLACK = 1e-6;
/** Seconds of a tick from which on frames do not fall on ticks: Matroska's and WebM's, and those of recordings that count in milliseconds. */
const COARSE_TICK = 1e-3;
/** Frames that the mean rate of a track is of, at most. */
const MEAN_OF = 255;

/**
 * Seconds by which a frame may be late and is shown all the same, where a clip is asked for at its own rate. Whole milliseconds do not hold
 * thirds of them: at 30 frames per second every third frame is written too late for the time that it was made for.
 *
 * @param ticks - of the track, per second
 */
export function timeSlack(
  ticks: number,
  fps: number,
  { fps: mean, duration, start }: Pick<VideoInfo, "fps" | "duration" | "start">,
): number {
  if (mean === undefined || ticks > 1 / COARSE_TICK) return TIME_SLACK;
  const counted = Math.min(MEAN_OF, (duration - start) * mean);
  return Math.abs(1 / fps - 1 / mean) * counted <= COARSE_TICK ? COARSE_TICK / 2 + TIME_SLACK : TIME_SLACK;
}

/** Number of frames in `duration` seconds at `fps`: every i with i / fps < duration, at least 1. */
export function frameCount(duration: number, fps: number): number {
  return Math.max(1, Math.ceil(duration * fps - TIME_SLACK * fps));
}

/** The time of frame `index` in seconds. */
export const frameTime = ({ start, fps }: { readonly start: number; readonly fps: number }, index: number): number =>
  start + index / fps;

/** Start, length and number of frames asked for, checked against a picture of `available` seconds. */
export function resolveSpan(
  options: { readonly start?: number | undefined; readonly duration?: number | undefined; readonly fps?: number | undefined },
  available: number,
  what: string,
): { readonly start: number; readonly duration: number } {
  const { start = 0, fps } = options;
  if (!(Number.isFinite(start) && start >= 0))
    throw new FoleyError("invalid-argument", `start is ${start}; 0 or more seconds were expected.`);
  if (start > 0 && start >= available) {
    throw new FoleyError("invalid-argument", `start is ${start} s, but the ${what} ends at ${round(available)} s.`, {
      hint: "Start earlier.",
    });
  }
  const duration = options.duration ?? available - start;
  if (!(Number.isFinite(duration) && (duration > 0 || (options.duration === undefined && duration === 0)))) {
    throw new FoleyError("invalid-argument", `duration is ${duration}; more than 0 seconds were expected.`);
  }
  if (fps !== undefined && !(Number.isFinite(fps) && fps > 0))
    throw new FoleyError("invalid-argument", `fps is ${fps}; a positive number was expected.`);
  return { start, duration };
}

/** Seconds, short enough to read. */
export function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
