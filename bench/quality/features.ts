/**
 * Numbers that tell sounds apart without a learned network, for the listener: colour (cepstra of the mean and of the loud spectrum, Davis &
 * Mermelstein 1980), how fast each band dies away, how loudness is modulated (McDermott & Simoncelli, "Sound texture perception via
 * statistics of the auditory periphery", Neuron 71, 2011), the rhythm of onsets, and what one impact sounds like.
 */
import { envelope, rfft } from "@foley-control/signal";
import { MEL_STEP_SECONDS, melPowers } from "../shared/mel.js";
import { SPECTRAL_FEATURE_NAMES, spectralFeatures, spectralFeatureVector } from "./spectral-features.js";

const BANDS = 40;
/** Levels more than this below the loudest band count as this, dB. */
const RANGE_DB = 70;
const CEPSTRA = 16;
const LEVEL_SHARES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** Edges of the bands of modulation, Hz. */
const MODULATIONS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 50] as const;
/** Regions whose modulation is looked at, in mel bands. */
const REGIONS = [
  [0, BANDS],
  [0, 10],
  [10, 20],
  [20, 30],
  [30, BANDS],
] as const;

/** Features of a clip whose onsets are known, seconds; `NaN` where there is nothing to measure. */
export function soundFeatures(samples: Float32Array, sampleRate: number, onsets: readonly number[]): number[] {
  const { levels, frames } = bandLevels(samples, sampleRate);
  const contour = envelope(samples, sampleRate, MEL_STEP_SECONDS);
  return [
    ...levelStatistics(contour),
    ...colour(levels, frames),
    ...decay(levels, frames),
    ...REGIONS.flatMap(([from, to]) => modulation(levels, frames, from, to)),
    ...rhythm(onsets, envelope(samples, sampleRate, FINE_SECONDS, { windowSeconds: 2 * FINE_SECONDS })),
    ...impact(samples, sampleRate, onsets),
  ];
}

/** Of the features: part of what a stored measurement depends on. */
export const FEATURE_VERSION = 1;

/** Mel levels [frames × bands] in dB below the loudest, at least −{@link RANGE_DB}. */
function bandLevels(samples: Float32Array, sampleRate: number): { readonly levels: Float64Array; readonly frames: number } {
  const { values, frames } = melPowers(samples, sampleRate, BANDS);
  let highest = 1e-12;
  for (const value of values) highest = Math.max(highest, value);
  return { levels: values.map((value) => Math.max(-RANGE_DB, 10 * Math.log10(value / highest + 1e-12))), frames };
}

function levelStatistics(contour: Float64Array): number[] {
  const db = [...contour].map((value) => 20 * Math.log10(value + 1e-6)).sort((a, b) => a - b);
  const at = (share: number) => db[Math.floor(share * (db.length - 1))] ?? -120;
  const top = at(1);
  const loud = db.filter((value) => value > top - 20).length / Math.max(1, db.length);
  return [top, ...LEVEL_SHARES.map((share) => at(share) - top), loud];
}

/** Cepstra of the mean level, of the spread over time, and of the loudest tenth of the frames. */
function colour(levels: Float64Array, frames: number): number[] {
  const mean = new Float64Array(BANDS);
  const spread = new Float64Array(BANDS);
  const loud = new Float64Array(BANDS);
  const totals = Array.from({ length: frames }, (_, t) => {
    let sum = 0;
    for (let b = 0; b < BANDS; b++) sum += 10 ** (levels[t * BANDS + b]! / 10);
    return sum;
  });
  const order = totals.map((_, t) => t).sort((a, b) => totals[b]! - totals[a]!);
  const chosen = order.slice(0, Math.max(1, Math.round(frames / 10)));
  for (let b = 0; b < BANDS; b++) {
    for (let t = 0; t < frames; t++) mean[b]! += levels[t * BANDS + b]! / frames;
    for (let t = 0; t < frames; t++) spread[b]! += (levels[t * BANDS + b]! - mean[b]!) ** 2 / frames;
    spread[b] = Math.sqrt(spread[b]!);
    for (const t of chosen) loud[b]! += levels[t * BANDS + b]! / chosen.length;
  }
  return [...cepstra(mean, CEPSTRA), ...cepstra(spread, 8), ...cepstra(loud, CEPSTRA)];
}

/** Mean fall per 30 ms in each band where it is well above the floor and falling. */
function decay(levels: Float64Array, frames: number): number[] {
  const lag = 3;
  const falls = new Float64Array(BANDS);
  for (let b = 0; b < BANDS; b++) {
    let sum = 0;
    let count = 0;
    for (let t = 0; t + lag < frames; t++) {
      const now = levels[t * BANDS + b]!;
      const fall = now - levels[(t + lag) * BANDS + b]!;
      if (now > -45 && fall > 0.5) {
        sum += Math.min(30, fall);
        count++;
      }
    }
    falls[b] = count > 0 ? sum / count : 15;
  }
  return cepstra(falls, 8);
}

/** Shares of the modulation's power per octave, of the amplitude summed over bands. */
function modulation(levels: Float64Array, frames: number, from: number, to: number): number[] {
  let size = 1;
  while (size < frames) size *= 2;
  const amplitude = new Float64Array(size);
  let mean = 0;
  for (let t = 0; t < frames; t++) {
    let sum = 0;
    for (let b = from; b < to; b++) sum += 10 ** (levels[t * BANDS + b]! / 10);
    amplitude[t] = Math.sqrt(sum);
    mean += amplitude[t]! / frames;
  }
  for (let t = 0; t < frames; t++) amplitude[t]! -= mean;
  const { re, im } = rfft(amplitude);
  const powers = MODULATIONS.slice(1).map((high, i) => {
    let sum = 0;
    for (let k = 1; k < re.length; k++) {
      const hz = k / (size * MEL_STEP_SECONDS);
      if (hz >= MODULATIONS[i]! && hz < high) sum += re[k]! ** 2 + im[k]! ** 2;
    }
    return sum;
  });
  const total = powers.reduce((a, b) => a + b, 1e-9);
  return [Math.log(Math.sqrt(total) / (mean * frames + 1e-9) + 1e-3), ...powers.map((power) => Math.log(power / total + 1e-4))];
}

/**
 * Rhythm and strength of onsets: how regular they are, whether they slow down or grow softer, how long they ring, and whether each is as
 * strong as the time since the last one says: a thing that falls back lands the harder the longer it was in the air.
 */
function rhythm(times: readonly number[], contour: Float64Array): number[] {
  const peaks = times.map((time) => strength(contour, time));
  const top = Math.max(...peaks);
  const gaps = times.slice(1).map((time, i) => Math.log(Math.max(0.02, time - (times[i] as number))));
  const turns = gaps.slice(1).map((gap, i) => gap - (gaps[i] as number));
  const rises = peaks.slice(1).map((peak, i) => peak - (peaks[i] as number));
  const later = peaks.slice(1);
  // Amplitude goes with velocity to the power of 1.2, velocity with time in the air: 24 dB per decade.
  const ballistic = gaps.map((gap, i) => (later[i] as number) - BALLISTIC_DB * gap);
  return [
    Math.log(1 + times.length),
    times[0] ?? Number.NaN,
    times[times.length - 1] ?? Number.NaN,
    mean(gaps),
    logDeviation(gaps, 0.02),
    Math.min(...gaps, 2),
    Math.max(...gaps, -4),
    mean(turns),
    logDeviation(turns, 0.02),
    Math.log(mean(turns.map(Math.abs)) + 0.02),
    mean(peaks.map((peak) => peak - top)),
    logDeviation(peaks, 0.3),
    mean(rises),
    logDeviation(rises, 0.3),
    correlation(turns.slice(1), turns.slice(0, -1)),
    correlation(rises, gaps),
    correlation(later, gaps),
    logDeviation(ballistic, 0.3),
    logDeviation(ballistic, 0.3) - logDeviation(later, 0.3),
    ...RING_SECONDS.map((seconds) => ringing(times, peaks, contour, seconds)),
    ...repetition(contour),
  ];
}

const BALLISTIC_DB = 24 / Math.LN10;
/** Times after an onset at which its level is looked at. */
const RING_SECONDS = [0.03, 0.06, 0.12, 0.24] as const;
const FINE_SECONDS = 0.005;

/** Level that an onset adds to what was there, dB. */
function strength(contour: Float64Array, time: number): number {
  const at = Math.floor(time / FINE_SECONDS);
  const highest = (from: number, to: number) =>
    contour.subarray(Math.max(0, from), Math.max(0, to)).reduce((a, b) => Math.max(a, b), 0);
  return 10 * Math.log10(Math.max(highest(at - 1, at + 8) ** 2 - highest(at - 5, at - 2) ** 2, 1e-9));
}

/** Mean level some time after the onsets that no other follows by then, relative to theirs, dB. */
function ringing(times: readonly number[], peaks: readonly number[], contour: Float64Array, seconds: number): number {
  return mean(
    times.flatMap((time, i) => {
      const level = contour[Math.floor((time + seconds) / FINE_SECONDS)];
      const next = times[i + 1] ?? Number.POSITIVE_INFINITY;
      if (level === undefined || time + seconds > next - 0.01) return [];
      return [Math.max(-60, 20 * Math.log10(level + 1e-6) - (peaks[i] as number))];
    }),
  );
}

/** Highest autocorrelation of the rise of loudness at lags of 0.2 to 2 s, and the logarithm of that lag. */
function repetition(contour: Float64Array): [number, number] {
  const levels = contour.map((value) => Math.log(value + 1e-3));
  const rise = Array.from(levels.subarray(2), (level, i) => Math.max(0, level - (levels[i] as number)));
  const middle = mean(rise);
  const centred = rise.map((value) => value - middle);
  const energy = centred.reduce((sum, value) => sum + value * value, 1e-9);
  let best: [number, number] = [0, 40];
  for (let lag = 40; lag < Math.min(400, centred.length); lag++) {
    let sum = 0;
    for (let i = 0; i + lag < centred.length; i++) sum += (centred[i] as number) * (centred[i + lag] as number);
    if (sum / energy > best[0]) best = [sum / energy, lag];
  }
  return [best[0], Math.log(best[1] * FINE_SECONDS)];
}

/** The first-order features of single impacts, and over how many they were taken. */
function impact(samples: Float32Array, sampleRate: number, onsets: readonly number[]): number[] {
  const { summary } = spectralFeatures(samples, sampleRate, { onsets });
  return summary ? spectralFeatureVector(summary) : SPECTRAL_FEATURE_NAMES.map(() => Number.NaN);
}

function cepstra(values: Float64Array, count: number): number[] {
  return Array.from(
    { length: count },
    (_, k) =>
      values.reduce((sum, value, b) => sum + value * Math.cos((Math.PI * k * (b + 0.5)) / values.length), 0) / values.length,
  );
}

/** `NaN` without values. */
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Logarithm of the deviation over `least`; `NaN` for fewer than two values. */
const logDeviation = (values: readonly number[], least: number): number =>
  values.length < 2 ? Number.NaN : Math.log(deviation(values) + least);

/** Pearson's; `NaN` for fewer than three pairs. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  if (length < 3) return Number.NaN;
  const [x, y] = [a.slice(0, length), b.slice(0, length)];
  const [mx, my] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - mx) * ((y[i] as number) - my))) / (deviation(x) * deviation(y) + 1e-9);
}
