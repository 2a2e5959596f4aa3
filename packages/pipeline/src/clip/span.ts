/** Which stretch of a clip gets sound. */
import { FoleyError } from "@foley-control/core";
import type { MediaInfo } from "@foley-control/media";
import { type GenerateOptions, wrong } from "../options.js";

/** A stretch of time in a clip. */
export interface Span {
  /** Seconds from the start of the clip. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
}

/** Durations are container timestamps; a request may overshoot the end by this much, seconds. */
const SLACK = 0.05;

/**
 * The stretch asked for, checked against the clip.
 *
 * @param info - the clip; `undefined` when there is none.
 * @param maximum - Most seconds at once; infinity where it is not known yet.
 * @throws FoleyError `too-long` beyond `maximum`, `no-video` for a picture without duration, `invalid-argument`.
 */
export function resolveSpan(
  options: Pick<GenerateOptions<unknown>, "start" | "duration">,
  info: MediaInfo | undefined,
  maximum: number,
): Span {
  const { start = 0 } = options;
  if (!Number.isFinite(start) || start < 0) throw wrong("start", start, "0 or more seconds");
  if (options.duration !== undefined && !(Number.isFinite(options.duration) && options.duration > 0))
    throw wrong("duration", options.duration, "more than 0 seconds");
  if (info === undefined) {
    if (options.duration === undefined)
      throw wrong("duration", undefined, "a number of seconds", "It is needed when there is no video.");
    return limited({ start, duration: options.duration }, "The sound", maximum);
  }
  const video = info.video;
  if (!video) {
    throw new FoleyError("no-video", info.warnings[0]?.message ?? "The clip has no picture: it has sound only.", {
      hint: "Give a video file.",
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
  return limited(
    { start, duration: Math.min(options.duration ?? rest, rest) },
    start > 0 ? "The rest of the clip" : "The clip",
    maximum,
  );
}

function limited(span: Span, what: string, maximum: number): Span {
  // Half a frame at 24 fps: clips of 12 s are often stored a little longer.
  if (span.duration <= maximum + SLACK) return span;
  const most = seconds(Math.floor(maximum * 10) / 10);
  throw new FoleyError("too-long", `${what} is ${seconds(span.duration)} long; at most ${most} can get sound at once.`, {
    hint: "Choose a part with options.start and options.duration.",
  });
}

const seconds = (value: number): string => `${Math.round(value * 1000) / 1000} s`;
