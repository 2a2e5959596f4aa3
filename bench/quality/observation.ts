/** What is kept of a sound: enough for every measure, so that tables can be made again without generating anything. */
import { detectOnsets, envelope, mergeOnsets } from "@foley-control/signal";
import { soundFeatures } from "./features.js";

/** Contacts closer than this are heard as one, seconds. */
export const MERGE_SECONDS = 0.04;
/** Length and step of the windows of a contour, seconds. */
export const CONTOUR_SECONDS = 0.05;
/** Level of digital silence, dBFS: what stands for minus infinity. */
const LOWEST_DB = -120;

/** A sound in a few hundred numbers. */
export interface Observation {
  /** Seconds, ascending. */
  readonly onsets: readonly number[];
  /** Root mean square of the whole clip, dB relative to full scale. */
  readonly level: number;
  /** Highest sample, dB relative to full scale. */
  readonly peak: number;
  /** Root mean square of consecutive windows of {@link CONTOUR_SECONDS}. */
  readonly contour: readonly number[];
  /** What the listener judges by; `null` where there is nothing to measure. */
  readonly features: readonly (number | null)[];
}

/** Looks at one channel; numbers are rounded to what measuring them is good for. */
export function observe(samples: Float32Array, sampleRate: number): Observation {
  let energy = 0;
  let peak = 0;
  for (const value of samples) {
    energy += value * value;
    peak = Math.max(peak, Math.abs(value));
  }
  const onsets = detectOnsets(samples, sampleRate).times;
  return {
    onsets: mergeOnsets(onsets, MERGE_SECONDS).map((time) => round(time, 4)),
    level: round(Math.max(LOWEST_DB, 10 * Math.log10(energy / samples.length)), 2),
    peak: round(Math.max(LOWEST_DB, 20 * Math.log10(peak)), 2),
    contour: [...envelope(samples, sampleRate, CONTOUR_SECONDS, { windowSeconds: CONTOUR_SECONDS })].map(significant),
    features: soundFeatures(samples, sampleRate, onsets).map((value) => (Number.isFinite(value) ? significant(value) : null)),
  };
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const significant = (value: number): number => Number(value.toPrecision(5));
