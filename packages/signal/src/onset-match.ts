/**
 * Onset scores. Detections and true events are paired one to one within a tolerance; among all pairings the one with
 * most pairs is taken, and among those the one with the least sum of |lag| (the matching of MIREX and mir_eval,
 * Raffel et al., ISMIR 2014, made unique by the second rule). On a line such a pairing never crosses itself, so
 * dynamic programming over the two sorted lists finds it in O(n·m).
 */
import { FoleyError, shown } from "@foley-control/core";
import { checkNumbers, checkOptions, checkRange } from "./check.js";

/** ±100 ms, the tolerance of the project's headline figure. */
export const DEFAULT_MATCH_TOLERANCE_SECONDS = 0.1;

/** Added to the tolerance, so that times written in decimals pair exactly at it: 1.1 and 1 at 0.1. */
export const DEFAULT_MATCH_SLACK_SECONDS = 1e-9;

/** Options of {@link matchOnsets}. */
export interface OnsetMatchOptions {
  /** Seconds added to the tolerance; 0 compares the float64 numbers as they are. Default {@link DEFAULT_MATCH_SLACK_SECONDS}. */
  readonly slackSeconds?: number;
}

/** One detection paired with one true event. */
export interface OnsetMatch {
  /** Index into the detections as given. */
  readonly detected: number;
  /** Index into the true events as given. */
  readonly truth: number;
  /** Detection minus truth, seconds; positive is late. */
  readonly lag: number;
}

/** Counts and what follows from them. */
export interface OnsetScore {
  /** Paired / detected; 1 when nothing was detected and nothing was there, 0 when only detections are missing. */
  readonly precision: number;
  /** Paired / true; 1 when nothing was there and nothing was detected, 0 when only truth is missing. */
  readonly recall: number;
  /** Harmonic mean of the two, 2·paired / (detected + true); 1 when both lists are empty. */
  readonly f1: number;
  /** Number of pairs. */
  readonly paired: number;
  /** Number of detections. */
  readonly detected: number;
  /** Number of true events. */
  readonly truth: number;
  /** Mean of detection minus truth over the pairs, seconds; `NaN` without pairs. */
  readonly meanLag: number;
  /** Mean of |detection − truth| over the pairs, seconds; `NaN` without pairs. */
  readonly meanAbsoluteLag: number;
  /** Standard deviation (population) of the lags, seconds; `NaN` without pairs. */
  readonly lagDeviation: number;
}

/** Score of one clip. */
export interface OnsetMatching extends OnsetScore {
  /** The pairs, in order of time. */
  readonly matches: readonly OnsetMatch[];
}

/**
 * Scores detected onsets against true events.
 *
 * @param detected - Seconds, any order.
 * @param truth - Seconds, any order.
 * @param toleranceSeconds - Largest |lag| of a pair, inclusive. Default {@link DEFAULT_MATCH_TOLERANCE_SECONDS}.
 * @throws FoleyError `invalid-argument` for a time that is not finite or a negative tolerance.
 */
export function matchOnsets(
  detected: readonly number[],
  truth: readonly number[],
  toleranceSeconds: number = DEFAULT_MATCH_TOLERANCE_SECONDS,
  options: OnsetMatchOptions = {},
): OnsetMatching {
  checkOptions(options, "{ slackSeconds: 0 }");
  const { slackSeconds = DEFAULT_MATCH_SLACK_SECONDS } = options;
  checkRange("toleranceSeconds", toleranceSeconds, 0, Number.MAX_VALUE);
  checkRange("slackSeconds", slackSeconds, 0, Number.MAX_VALUE);
  const a = sortedIndices("detected", detected);
  const b = sortedIndices("truth", truth);
  const columns = b.length + 1;
  const counts = new Int32Array((a.length + 1) * columns);
  const costs = new Float64Array((a.length + 1) * columns);
  // 0: leave the detection out, 1: leave the event out, 2: pair them.
  const choices = new Uint8Array((a.length + 1) * columns);
  const tolerance = toleranceSeconds + slackSeconds;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const here = i * columns + j;
      let choice = 0;
      let count = counts[here - columns]!;
      let cost = costs[here - columns]!;
      if (better(counts[here - 1]!, costs[here - 1]!, count, cost)) {
        choice = 1;
        count = counts[here - 1]!;
        cost = costs[here - 1]!;
      }
      const distance = Math.abs(detected[a[i - 1]!]! - truth[b[j - 1]!]!);
      if (distance <= tolerance) {
        const diagonal = here - columns - 1;
        const pairedCost = costs[diagonal]! + distance;
        if (better(counts[diagonal]! + 1, pairedCost, count, cost)) {
          choice = 2;
          count = counts[diagonal]! + 1;
          cost = pairedCost;
        }
      }
      counts[here] = count;
      costs[here] = cost;
      choices[here] = choice;
    }
  }
  const matches: OnsetMatch[] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    const choice = choices[i * columns + j];
    if (choice === 2) {
      i--;
      j--;
      matches.push({ detected: a[i]!, truth: b[j]!, lag: detected[a[i]!]! - truth[b[j]!]! });
    } else if (choice === 1) j--;
    else i--;
  }
  matches.reverse();
  return { ...score(matches, detected.length, truth.length), matches };
}

/**
 * Micro-average over clips: counts and pairs are summed, then precision, recall, F1 and lags follow from the sums.
 *
 * @param list - Scores of {@link matchOnsets}, one per clip.
 * @throws FoleyError `invalid-argument` for anything else.
 */
export function poolOnsetScores(list: readonly OnsetMatching[]): OnsetScore {
  const given: unknown = list;
  const isList =
    Array.isArray(given) && given.every((item: unknown) => Array.isArray((item as Partial<OnsetMatching> | null)?.matches));
  if (!isList)
    throw new FoleyError("invalid-argument", `list is ${shown(given)}; expected a list of what matchOnsets gave.`, {
      hint: "Pass [matchOnsets(…), …], one of each clip.",
    });
  const matches = list.flatMap((item) => item.matches);
  let detected = 0;
  let truth = 0;
  for (const item of list) {
    detected += item.detected;
    truth += item.truth;
  }
  return score(matches, detected, truth);
}

/**
 * Joins events that lie too close together to be told apart: a time less than `minimumSpacingSeconds` after the last
 * kept one is dropped. Truth is prepared with it where a scene can bounce faster than a detector's minimum spacing.
 *
 * @param times - Seconds, any order.
 * @param minimumSpacingSeconds - Least distance of two times that stay.
 * @returns The times that stay, in order.
 * @throws FoleyError `invalid-argument` for a time that is not finite or a negative spacing.
 */
export function mergeOnsets(times: readonly number[], minimumSpacingSeconds: number): number[] {
  checkRange("minimumSpacingSeconds", minimumSpacingSeconds, 0, Number.MAX_VALUE);
  const kept: number[] = [];
  for (const index of sortedIndices("times", times)) {
    const last = kept.at(-1);
    if (last === undefined || times[index]! - last >= minimumSpacingSeconds) kept.push(times[index]!);
  }
  return kept;
}

function score(matches: readonly OnsetMatch[], detected: number, truth: number): OnsetScore {
  const paired = matches.length;
  let sum = 0;
  let absolute = 0;
  for (const { lag } of matches) {
    sum += lag;
    absolute += Math.abs(lag);
  }
  const meanLag = sum / paired;
  let squares = 0;
  for (const { lag } of matches) squares += (lag - meanLag) ** 2;
  return {
    precision: detected > 0 ? paired / detected : truth === 0 ? 1 : 0,
    recall: truth > 0 ? paired / truth : detected === 0 ? 1 : 0,
    f1: detected + truth > 0 ? (2 * paired) / (detected + truth) : 1,
    paired,
    detected,
    truth,
    meanLag,
    meanAbsoluteLag: absolute / paired,
    lagDeviation: Math.sqrt(squares / paired),
  };
}

function better(count: number, cost: number, otherCount: number, otherCost: number): boolean {
  return count > otherCount || (count === otherCount && cost < otherCost);
}

function sortedIndices(name: string, times: readonly number[]): number[] {
  checkNumbers(name, times, "Pass the times, such as those of detectOnsets(samples, sampleRate).times.");
  times.forEach((time, index) => {
    if (!Number.isFinite(time)) {
      throw new FoleyError("invalid-argument", `${name}[${index}] is ${shown(time)}; expected seconds as a finite number.`, {
        hint: "Remove times that are NaN or infinite.",
      });
    }
  });
  return times.map((_, index) => index).sort((x, y) => times[x]! - times[y]! || x - y);
}
