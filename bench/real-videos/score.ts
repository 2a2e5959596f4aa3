/**
 * The score of sounds for filmed clips: F1 over all of them together, and what must be told beside it, because five onsets a second score
 * 0.45 by chance: the same onsets at other times, a metronome of as many, and what the model makes of another clip's picture.
 */
import { createRandom } from "@foley-control/core";
import { matchOnsets } from "@foley-control/signal";

/** What was heard for one clip, once per seed. */
export interface HeardClip {
  /** True times, seconds. */
  readonly contacts: readonly number[];
  /** Length of the sounds, seconds. */
  readonly seconds: number;
  /** Onsets of each sound, seconds. */
  readonly sounds: readonly (readonly number[])[];
}

/** Pairs and numbers of one clip, all its sounds together. */
interface Counts {
  readonly paired: number;
  readonly detected: number;
  readonly truth: number;
}

/** A figure, and where nine of ten others lie if clips are drawn anew. */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How often times are shifted. */
const SHIFTS = 60;
/** How often clips are drawn anew for an interval. */
const DRAWS = 2000;

/** F1 of the onsets as they are. */
export const ownF1 = (clips: readonly HeardClip[], tolerance: number): Figure => f1(clips, tolerance, (times) => [times]);

/** F1 of the same onsets, moved around the clip by random times: chance at that density and rhythm. */
export const shiftedF1 = (clips: readonly HeardClip[], tolerance: number): Figure =>
  f1(clips, tolerance, (times, seconds, shifts) =>
    shifts.map((shift) => times.map((time) => (time + shift * seconds) % seconds)),
  );

/** F1 of as many clicks at equal distances, beginning at random times. */
export const metronomeF1 = (clips: readonly HeardClip[], tolerance: number): Figure =>
  f1(clips, tolerance, ({ length }, seconds, shifts) =>
    shifts.map((shift) => Array.from({ length }, (_, i) => ((i + shift) * seconds) / length)),
  );

/** Onsets per contact. */
export const onsetsPerContact = (clips: readonly HeardClip[]): Figure =>
  withInterval(
    clips.map((clip) => ({ ...countsOf(clip, clip.sounds, 0), paired: 0 })),
    ({ detected, truth }) => detected / truth,
  );

/** F1 of what is made of each sound's onsets. */
function f1(
  clips: readonly HeardClip[],
  tolerance: number,
  made: (times: readonly number[], seconds: number, shifts: readonly number[]) => readonly (readonly number[])[],
): Figure {
  const counts = clips.map((clip, index) => {
    const random = createRandom(0, "real-videos", "shift", index);
    const shifts = Array.from({ length: SHIFTS }, () => random.uniform());
    return countsOf(
      clip,
      clip.sounds.flatMap((times) => made(times, clip.seconds, shifts)),
      tolerance,
    );
  });
  return withInterval(counts, ({ paired, detected, truth }) => (2 * paired) / Math.max(1, detected + truth));
}

function countsOf({ contacts }: HeardClip, sounds: readonly (readonly number[])[], tolerance: number): Counts {
  const scores = sounds.map((times) => matchOnsets(times, contacts, tolerance));
  const sum = (of: keyof Counts): number => scores.reduce((total, score) => total + score[of], 0);
  // As a mean over the sounds: a clip weighs as much however many of them there are.
  return {
    paired: sum("paired") / scores.length,
    detected: sum("detected") / scores.length,
    truth: contacts.length,
  };
}

/** A figure of the sums over clips, and its interval of 90 % by bootstrap over clips. */
function withInterval(clips: readonly Counts[], figure: (sums: Counts) => number): Figure {
  const of = (some: readonly Counts[]): number => {
    const sum = (key: keyof Counts): number => some.reduce((total, one) => total + one[key], 0);
    return figure({ paired: sum("paired"), detected: sum("detected"), truth: sum("truth") });
  };
  const random = createRandom(0, "real-videos", "bootstrap");
  const drawn = Array.from({ length: DRAWS }, () => of(clips.map(() => clips[random.integer(0, clips.length)] as Counts))).sort(
    (a, b) => a - b,
  );
  return { value: of(clips), low: drawn[Math.floor(0.05 * DRAWS)] as number, high: drawn[Math.floor(0.95 * DRAWS)] as number };
}
