/**
 * Onset times: peaks of the detection function over an adaptive threshold (Bello et al., 2005), each moved to the
 * change point of the waveform by the Akaike criterion (Maeda, 1985, as used to pick seismic arrivals).
 */
import { checkOptions, checkPositive, checkSamples, type Samples } from "./check.js";
import { type OnsetStrength, type OnsetStrengthOptions, onsetStrength } from "./onset-strength.js";

/** Options of {@link detectOnsets}; their defaults are {@link DEFAULT_ONSETS}. */
export interface OnsetOptions extends OnsetStrengthOptions {
  /** Least height of a peak, dB of mean rise over the bands. Default 2. */
  readonly thresholdDb?: number;
  /** Multiple of the local median that a peak must exceed in addition. Default 3. */
  readonly medianFactor?: number;
  /** Half-width of the neighbourhood of that median, seconds. Default 0.25. */
  readonly medianSeconds?: number;
  /** Least time between two onsets, seconds; of two that are closer the stronger stays. Default 0.04. */
  readonly minimumSpacingSeconds?: number;
  /** Onsets quieter than the loudest one by more than this are dropped, dB. Default 40. */
  readonly levelRangeDb?: number;
  /** Whether to refine times on the waveform; otherwise the time is the frame's. Default true. */
  readonly refine?: boolean;
}

/** Defaults of {@link detectOnsets}, beside those of `onsetStrength`. */
export const DEFAULT_ONSETS = {
  thresholdDb: 2,
  medianFactor: 3,
  medianSeconds: 0.25,
  minimumSpacingSeconds: 0.04,
  levelRangeDb: 40,
  refine: true,
} as const satisfies Required<Omit<OnsetOptions, keyof OnsetStrengthOptions>>;
/** How far before a peak of the detection function the change point is looked for, seconds. */
const ONSET_REFINE_BEFORE_SECONDS = 0.03;
/** How far after it, seconds. */
const ONSET_REFINE_AFTER_SECONDS = 0.012;
/** Stretch after an onset whose loudest 5 ms give its level, seconds. */
const ONSET_LEVEL_SECONDS = 0.05;

/** Onsets in order of time; the three lists have equal length. */
export interface OnsetDetection {
  /** Seconds from the first sample. */
  readonly times: readonly number[];
  /** Height of the peak of the detection function, dB of mean rise over the bands. */
  readonly strengths: readonly number[];
  /** RMS of the loudest 5 ms in the 50 ms after the onset, dB re full scale (a full-scale square wave is 0). */
  readonly levels: readonly number[];
}

/**
 * Finds the moments where a sound begins or is struck again.
 *
 * @param samples - One channel.
 * @param sampleRate - Hz.
 * @returns Times within 10 ms of the true start for impacts that stand out of what sounds around them.
 * @throws FoleyError `invalid-argument` for a bad rate or option, or a sample that is not finite.
 * @example
 * ```ts
 * const { times, strengths } = detectOnsets(samples, 24000, { minimumSpacingSeconds: 0.05 });
 * ```
 */
export function detectOnsets(samples: Samples, sampleRate: number, options: OnsetOptions = {}): OnsetDetection {
  const settings = onsetSettings(options);
  checkSamples("samples", samples);
  const strength = onsetStrength(samples, sampleRate, options);
  return selectOnsets(
    findOnsets(strength, { samples, from: 0, sampleRate, length: samples.length }, settings, [0, strength.values.length]),
    settings,
  );
}

/** Options, checked, with what is not given. */
export type OnsetSettings = Required<Omit<OnsetOptions, keyof OnsetStrengthOptions>>;

/** Fills options in. */
export function onsetSettings(options: OnsetOptions): OnsetSettings {
  checkOptions(options, "{ minimumSpacingSeconds: 0.05 }");
  const given = { ...DEFAULT_ONSETS, ...options };
  checkPositive("thresholdDb", given.thresholdDb);
  checkPositive("medianSeconds", given.medianSeconds);
  checkPositive("minimumSpacingSeconds", given.minimumSpacingSeconds);
  checkPositive("levelRangeDb", given.levelRangeDb);
  return given;
}

/** A sound, or a stretch of one that begins with its sample `from`, a multiple of the hop. */
export interface Stretch {
  readonly samples: Samples;
  readonly from: number;
  readonly sampleRate: number;
  /** Samples of the whole sound. */
  readonly length: number;
}

/** What may be an onset. */
export interface OnsetCandidate {
  readonly time: number;
  readonly strength: number;
  readonly level: number;
}

/** Peaks in frames [first, end) of the stretch; times are those of the whole sound. */
export function findOnsets(
  { values, hopSeconds }: Pick<OnsetStrength, "values" | "hopSeconds">,
  stretch: Stretch,
  { thresholdDb, medianFactor, medianSeconds, minimumSpacingSeconds, refine }: OnsetSettings,
  [first, end]: readonly [number, number],
): OnsetCandidate[] {
  const spacing = Math.max(1, Math.round(minimumSpacingSeconds / hopSeconds));
  const reach = Math.max(1, Math.round(medianSeconds / hopSeconds));
  const before = Math.round(stretch.from / (hopSeconds * stretch.sampleRate));
  const candidates: OnsetCandidate[] = [];
  for (let i = first; i < end; i++) {
    const value = values[i]!;
    if (value < thresholdDb || !isPeak(values, i, Math.max(1, spacing >> 1))) continue;
    if (value < thresholdDb + medianFactor * localMedian(values, i, reach)) continue;
    const peak = (before + i) * hopSeconds;
    const time = refine ? changePoint(stretch, peak) : peak;
    candidates.push({ time, strength: value, level: levelAfter(stretch, time) });
  }
  return candidates;
}

/** Of all that may be onsets in a sound, those that are: loud enough beside the loudest, and far enough from stronger ones. */
export function selectOnsets(
  candidates: readonly OnsetCandidate[],
  { minimumSpacingSeconds, levelRangeDb }: OnsetSettings,
): OnsetDetection {
  let loudest = Number.NEGATIVE_INFINITY;
  for (const { level } of candidates) loudest = Math.max(loudest, level);
  const kept: OnsetCandidate[] = [];
  const byStrength = candidates
    .filter(({ level }) => level >= loudest - levelRangeDb)
    .sort((a, b) => b.strength - a.strength || a.time - b.time);
  for (const candidate of byStrength) {
    if (kept.every(({ time }) => Math.abs(time - candidate.time) >= minimumSpacingSeconds)) kept.push(candidate);
  }
  kept.sort((a, b) => a.time - b.time);
  return {
    times: kept.map(({ time }) => time),
    strengths: kept.map(({ strength }) => strength),
    levels: kept.map(({ level }) => level),
  };
}

/** First of the largest values within `reach` to both sides. */
function isPeak(values: Float64Array, at: number, reach: number): boolean {
  const value = values[at]!;
  for (let i = Math.max(0, at - reach); i < at; i++) if (values[i]! >= value) return false;
  for (let i = Math.min(values.length - 1, at + reach); i > at; i--) if (values[i]! > value) return false;
  return true;
}

function localMedian(values: Float64Array, at: number, reach: number): number {
  const part = values.slice(Math.max(0, at - reach), Math.min(values.length, at + reach + 1)).sort();
  return part[part.length >> 1]!;
}

/**
 * Splits the neighbourhood of a peak into "before" and "after" such that the two Gaussian likelihoods are highest:
 * AIC(k) = k·ln σ²(before) + (n − k)·ln σ²(after), summed over the waveform and its first difference, so that both
 * dull and bright sounds decide.
 */
function changePoint({ samples, from: origin, sampleRate, length }: Stretch, peak: number): number {
  const from = Math.max(1, Math.round((peak - ONSET_REFINE_BEFORE_SECONDS) * sampleRate));
  const to = Math.min(length, Math.round((peak + ONSET_REFINE_AFTER_SECONDS) * sampleRate));
  const count = to - from;
  const margin = Math.max(2, Math.round(0.001 * sampleRate));
  if (count < 4 * margin) return peak;
  const plain = new Float64Array(count + 1);
  const difference = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    const x = samples[from - origin + i]!;
    const d = x - samples[from - origin + i - 1]!;
    plain[i + 1] = plain[i]! + x * x;
    difference[i + 1] = difference[i]! + d * d;
  }
  // −100 dBFS keeps digital silence finite.
  const floor = 1e-10;
  let best = Number.POSITIVE_INFINITY;
  let at = 0;
  for (let k = margin; k <= count - margin; k++) {
    let criterion = 0;
    for (const energy of [plain, difference]) {
      criterion +=
        k * Math.log(energy[k]! / k + floor) + (count - k) * Math.log((energy[count]! - energy[k]!) / (count - k) + floor);
    }
    if (criterion < best) {
      best = criterion;
      at = k;
    }
  }
  return (from + at) / sampleRate;
}

function levelAfter({ samples, from: origin, sampleRate, length }: Stretch, time: number): number {
  const from = Math.max(0, Math.round(time * sampleRate)) - origin;
  const to = Math.min(length, Math.round((time + ONSET_LEVEL_SECONDS) * sampleRate)) - origin;
  const block = Math.max(1, Math.round(0.005 * sampleRate));
  let sum = 0;
  let loudest = 0;
  for (let i = from; i < to; i++) {
    sum += samples[i]! ** 2;
    if (i - block >= from) sum -= samples[i - block]! ** 2;
    if (sum > loudest) loudest = sum;
  }
  return 10 * Math.log10(loudest / block + 1e-20);
}
