/** How far a take is: the pipeline's events as one share of the whole that never goes back, with the seconds that are left. */
import type { ProgressEvent } from "@foley-control/core";
import type { TakeProgress } from "./engine.js";

/** How long the parts of one window take, in any one unit: seconds as measured, or a guess. */
export interface PartTimes {
  /** Pictures read and encoded. */
  readonly video: number;
  /** One step of the sampler. */
  readonly step: number;
  /** Latents to sound. */
  readonly decode: number;
}

/** On wasm, before anything was measured: reading and encoding of 4 s take as long as about eight steps. */
export const GUESSED_TIMES: PartTimes = { video: 8, step: 1, decode: 3 };

/** Share and seconds before which nothing is said of the time that is left. */
const EARLIEST = { share: 0.08, seconds: 0.5 };

/** What {@link followTake} is told. */
export interface FollowOptions {
  readonly steps: number;
  readonly times: PartTimes;
  /** Whether the picture is looked at. */
  readonly watches: boolean;
  /** Milliseconds of a clock that goes forward. */
  readonly now: () => number;
}

/** Makes a listener of the pipeline's events that tells the share of one take. */
export function followTake(
  onProgress: (progress: TakeProgress) => void,
  { steps, times, watches, now }: FollowOptions,
): (event: ProgressEvent) => void {
  const begun = now();
  const video = watches ? times.video : 0;
  const window = video + steps * times.step + times.decode;
  let windows = 1;
  let index = 0;
  let last = 0;
  /** From where on the time that is left is told: windows that were found finished say nothing of it. */
  let base = { share: 0, at: begun };
  let stepped = false;
  let of: TakeProgress["of"];
  const tell = (phase: TakeProgress["phase"], done: number): void => {
    last = Math.max(last, Math.min(1, (index * window + done) / (windows * window)));
    const elapsed = (now() - base.at) / 1000;
    const made = last - base.share;
    // In a long sound a share is soon many seconds.
    const known = made * windows >= EARLIEST.share && elapsed >= EARLIEST.seconds;
    onProgress({ phase, share: last, left: known ? (elapsed * (1 - last)) / made : undefined, of });
  };
  tell(watches ? "read" : "sample", 0);
  return (event) => {
    if (event.type === "window-start") {
      index = event.index;
      windows = event.count;
      of = { second: event.seconds, seconds: event.totalSeconds };
      if (!stepped) base = { share: Math.max(last, index / windows), at: now() };
      stepped = false;
      tell(watches ? "video" : "sample", 0);
    } else if (event.type === "encode-progress") {
      tell("video", event.total > 0 ? (video * event.done) / event.total : 0);
    } else if (event.type === "step-end") {
      stepped = true;
      tell("sample", video + steps * times.step * ((event.index + 1) / event.count));
    } else if (event.type === "decode-progress" && event.total > 0) {
      tell("decode", video + steps * times.step + (times.decode * event.done) / event.total);
    }
  };
}
