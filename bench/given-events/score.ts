/** How well sounds obey the tracks that they were given: when, as often, and as hard. */
import type { EventTrack } from "@foley-control/core";
import { matchOnsets, type OnsetMatching, poolOnsetScores } from "@foley-control/signal";

/** A track, and the onsets of what was made of it. */
export interface ObeyedTrack {
  readonly events: EventTrack;
  /** Seconds. */
  readonly times: readonly number[];
  /** How loud each onset is, dB. */
  readonly levels: readonly number[];
}

/** An onset belongs to an event within this time, seconds. */
const TOLERANCE = 0.03;
/** Ranks of fewer pairs say nothing. */
const LEAST_PAIRS = 4;

const matched = ({ events, times }: ObeyedTrack): OnsetMatching =>
  matchOnsets(
    times,
    events.map(({ time }) => time),
    TOLERANCE,
  );

/** Figures of some tracks together. */
export function obedience(tracks: readonly ObeyedTrack[]) {
  const { f1, precision, recall, meanLag, lagDeviation } = poolOnsetScores(tracks.map(matched));
  // What the same sounds score against the track of another: chance.
  const others = tracks.map((track, i) => ({ ...track, events: (tracks[(i + 1) % tracks.length] as ObeyedTrack).events }));
  return {
    tracks: tracks.length,
    events: tracks.reduce((sum, { events }) => sum + events.length, 0),
    f1At30: f1,
    precision,
    recall,
    otherTrack: poolOnsetScores(others.map(matched)).f1,
    strengths: strengthCorrelation(tracks),
    lagMs: 1000 * meanLag,
    lagDeviationMs: 1000 * lagDeviation,
  };
}

/** Spearman's correlation of strength and loudness within a sound, as a mean over all pairs: sounds differ in material, and so in loudness. */
export function strengthCorrelation(tracks: readonly ObeyedTrack[]): number {
  let [sum, pairs] = [0, 0];
  for (const track of tracks) {
    const { matches } = matched(track);
    if (matches.length < LEAST_PAIRS) continue;
    const strengths = matches.map(({ truth }) => track.events[truth]?.strength ?? 0);
    const levels = matches.map(({ detected }) => track.levels[detected] ?? 0);
    sum += matches.length * spearman(strengths, levels);
    pairs += matches.length;
  }
  return sum / pairs;
}

/** Pearson's correlation of ranks; equal values share their rank. 0 where one of the lists has only one value. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + (value - middle) * ((q[i] as number) - middle), 0);
  const scale = Math.sqrt(product(x, x) * product(y, y));
  return scale === 0 ? 0 : product(x, y) / scale;
}

const ranks = (values: readonly number[]): readonly number[] =>
  values.map((value) => {
    const [below, equal] = [values.filter((other) => other < value).length, values.filter((other) => other === value).length];
    return below + (equal - 1) / 2;
  });
