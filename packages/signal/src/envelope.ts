/** Loudness contours over time and the lag between two of them. */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkNumbers, checkOptions, checkPositive, checkSamples, type Samples } from "./check.js";

/** Options of {@link envelope}. */
export interface EnvelopeOptions {
  /** Length of the averaging window in seconds. Default {@link DEFAULT_ENVELOPE_WINDOW_SECONDS}. */
  readonly windowSeconds?: number;
}

/** 10 ms between values. */
export const DEFAULT_ENVELOPE_HOP_SECONDS = 0.01;
/** 25 ms. */
export const DEFAULT_ENVELOPE_WINDOW_SECONDS = 0.025;

/**
 * Root-mean-square envelope: value i covers the window that starts at i·hop; an incomplete last window is dropped.
 *
 * @param samples - One channel.
 * @param sampleRate - Hz.
 * @param hopSeconds - Time between values; rounded to whole samples. Default {@link DEFAULT_ENVELOPE_HOP_SECONDS}.
 * @throws FoleyError `invalid-argument` when a rate or a time is not positive.
 */
export function envelope(
  samples: Samples,
  sampleRate: number,
  hopSeconds: number = DEFAULT_ENVELOPE_HOP_SECONDS,
  options: EnvelopeOptions = {},
): Float64Array {
  checkOptions(options, "{ windowSeconds: 0.025 }");
  const { windowSeconds = DEFAULT_ENVELOPE_WINDOW_SECONDS } = options;
  checkSamples("samples", samples);
  checkPositive("sampleRate", sampleRate);
  checkPositive("hopSeconds", hopSeconds);
  checkPositive("windowSeconds", windowSeconds);
  const hop = Math.max(1, Math.round(hopSeconds * sampleRate));
  const window = Math.max(1, Math.round(windowSeconds * sampleRate));
  const frames = Math.max(0, Math.floor((samples.length - window) / hop) + 1);
  const values = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let i = frame * hop; i < frame * hop + window; i++) sum += samples[i]! * samples[i]!;
    values[frame] = Math.sqrt(sum / window);
  }
  return values;
}

/** Result of {@link crossCorrelationLag}. */
export interface CrossCorrelationLag {
  /** Steps by which `signal` is later than `reference`; multiply by the step to get seconds. */
  readonly lag: number;
  /** Correlation at that lag, in [−1, 1]; 0 when a side is constant. */
  readonly peak: number;
  /** Correlation at lag 0. */
  readonly atZero: number;
}

/**
 * The shift at which two contours agree best: both lose their mean, correlations at every lag are divided by the norms
 * of the whole contours (so that a short overlap cannot win), and of equal peaks the lowest lag is taken.
 *
 * @param signal - For example the envelope of a generated sound.
 * @param reference - For example the envelope of the true sound, at the same rate.
 * @param maximumLag - Largest |lag| tried, in steps, an integer of at least 0.
 * @throws FoleyError `invalid-argument` for a maximum lag that is no integer of at least 0, or an empty contour.
 */
export function crossCorrelationLag(
  signal: ArrayLike<number>,
  reference: ArrayLike<number>,
  maximumLag: number,
): CrossCorrelationLag {
  checkNumbers("signal", signal);
  checkNumbers("reference", reference);
  checkInteger("maximumLag", maximumLag, 0);
  if (signal.length === 0 || reference.length === 0) {
    const what = `The contours have ${signal.length} and ${reference.length} values; expected at least one each.`;
    throw new FoleyError("invalid-argument", what, { hint: "Pass contours of the same stretch of time." });
  }
  const a = centred(signal);
  const b = centred(reference);
  const norm = Math.sqrt(sumOfSquares(a) * sumOfSquares(b));
  let lag = 0;
  let peak = Number.NEGATIVE_INFINITY;
  let atZero = 0;
  for (let shift = -maximumLag; shift <= maximumLag; shift++) {
    let sum = 0;
    for (let i = Math.max(0, -shift); i < b.length && i + shift < a.length; i++) sum += a[i + shift]! * b[i]!;
    const value = norm > 0 ? sum / norm : 0;
    if (shift === 0) atZero = value;
    if (value > peak) {
      peak = value;
      lag = shift;
    }
  }
  return norm > 0 ? { lag, peak, atZero } : { lag: 0, peak: 0, atZero: 0 };
}

function centred(values: ArrayLike<number>): Float64Array {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  return Float64Array.from(values, (x) => x - mean);
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x * x;
  return sum;
}
