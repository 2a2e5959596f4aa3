/** Which stretch of a clip gets sound. */
import { FoleyError } from "@foley-control/core";
import type { MediaInfo } from "@foley-control/media";
import type { GenerateOptions } from "../options.js";
import { wrong } from "../wrong.js";

/** A stretch of time in a clip. */
export interface Span {
  /** Seconds from the start of the clip. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
}

/** Durations are container timestamps; one may overshoot a limit by this much, seconds: half a frame at 24 fps, and a little. */
export const SLACK = 0.05;

/**
 * The stretch asked for, checked against the clip.
 *
 * @param info - the clip; `undefined` when there is none.
 * @throws FoleyError `no-video` for a picture without duration, `invalid-argument`.
 */
export function resolveSpan(options: Pick<GenerateOptions<unknown>, "start" | "duration">, info: MediaInfo | undefined): Span {
  const { start = 0 } = options;
  if (!Number.isFinite(start) || start < 0) throw wrong("start", start, "0 or more seconds");
  if (options.duration !== undefined && !(Number.isFinite(options.duration) && options.duration > 0))
    throw wrong("duration", options.duration, "more than 0 seconds");
  if (info === undefined) {
    if (options.duration === undefined)
      throw wrong("duration", undefined, "a number of seconds", "It is needed when there is no video.");
    return { start, duration: options.duration };
  }
  const video = info.video;
  if (!video) {
    const why = info.warnings.find(({ code }) => code === "no-frames" || code === "unread-picture");
    throw new FoleyError("no-video", why?.message ?? "The clip has no picture: it has sound only.", {
      hint: why?.code === "unread-picture" ? "Convert it to H.264 in mp4." : "Give a video file.",
    });
  }
  if (!(video.duration > 0))
    throw new FoleyError("no-video", "The picture of the clip lasts 0 seconds.", {
      hint: "Give a clip with at least one frame that has a duration.",
    });
  if (start >= video.duration) throw wrong("start", start, `less than the ${seconds(video.duration)} that the picture lasts`);
  const rest = video.duration - start;
  if (options.duration !== undefined && options.duration > rest + SLACK) {
    throw wrong("duration", options.duration, `at most ${seconds(rest)} (the picture ends at ${seconds(video.duration)})`);
  }
  return { start, duration: Math.min(options.duration ?? rest, rest) };
}

const seconds = (value: number): string => `${Math.round(value * 1000) / 1000} s`;
