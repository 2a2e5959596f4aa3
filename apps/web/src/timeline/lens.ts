/** The sync lens: which onset of the sound belongs to which event of the picture, by the matching that the scores of the project use. */

import { DEFAULT_MATCH_TOLERANCE_SECONDS, matchOnsets } from "@foley-control/signal";
import { text } from "../strings/text.js";
import { signed } from "./timecode.js";

/** What became of one event. */
export interface LensPair {
  /** Index into the events. */
  readonly event: number;
  /** Index into the onsets; `undefined`: it does not sound. */
  readonly onset: number | undefined;
  /** Onset minus event, seconds; positive is late. */
  readonly lag: number | undefined;
  /** What the mark's shape says. */
  readonly state: "together" | "early" | "late" | "silent";
}

/** The lens of a take. */
export interface Lens {
  /** One for each event, in their order. */
  readonly pairs: readonly LensPair[];
  /** Onsets that belong to no event. */
  readonly extra: readonly number[];
  /** Events that sound. */
  readonly sounding: number;
  /** Median of |lag| of those, seconds; `undefined` without any. */
  readonly median: number | undefined;
}

/** Joins events and onsets; within half a picture they count as together. */
export function lensOf(events: readonly number[], onsets: readonly number[], frameRate: number): Lens {
  const { matches } = matchOnsets(onsets, events, DEFAULT_MATCH_TOLERANCE_SECONDS);
  const byEvent = new Map(matches.map((match) => [match.truth, match]));
  const heard = new Set(matches.map(({ detected }) => detected));
  const pairs = events.map((_, event): LensPair => {
    const match = byEvent.get(event);
    if (match === undefined) return { event, onset: undefined, lag: undefined, state: "silent" };
    const { lag, detected } = match;
    const state = Math.abs(lag) * frameRate <= 0.5 ? "together" : lag < 0 ? "early" : "late";
    return { event, onset: detected, lag, state };
  });
  const lags = matches.map(({ lag }) => Math.abs(lag)).sort((a, b) => a - b);
  const middle = lags.length >> 1;
  return {
    pairs,
    extra: onsets.flatMap((_, index) => (heard.has(index) ? [] : [index])),
    sounding: lags.length,
    median:
      lags.length % 2 === 1
        ? lags[middle]
        : lags.length > 0
          ? ((lags[middle - 1] as number) + (lags[middle] as number)) / 2
          : undefined,
  };
}

/** `+12 ms · +0.4 f`: a lag as the lens writes it. */
export const shownLag = (lag: number, frameRate: number): string =>
  text("timeline.lag", { ms: signed(lag * 1000, 0), frames: signed(lag * frameRate, 1) });
