/** Events of two sounds against each other: hits, precision, recall, F1, and the lag of their loudness. */
import { crossCorrelationLag, envelope, matchOnsets, type Samples } from "@foley-control/signal";

/** How well onsets agree. */
export interface OnsetAgreement {
  /** Onsets of one side that have a partner on the other. */
  readonly hits: number;
  /** Hits / generated; 0 when nothing was generated. */
  readonly precision: number;
  /** Hits / true; 0 when nothing was there. */
  readonly recall: number;
  /** Harmonic mean of the two; 0 without hits. */
  readonly f1: number;
}

/**
 * Onsets of a generated sound against those of the true one, paired one to one such that most pairs come about. An empty side scores 0,
 * two empty sides too: nothing was hit. The metrics leave clips without any onset out.
 *
 * @param generated - Seconds, any order.
 * @param truth - Seconds, any order.
 * @param toleranceSeconds - Largest distance of a pair, compared in float64 as it is.
 * @throws FoleyError `invalid-argument` for a time that is not finite or a negative tolerance.
 */
export function onsetAgreement(generated: readonly number[], truth: readonly number[], toleranceSeconds: number): OnsetAgreement {
  const { paired: hits } = matchOnsets(generated, truth, toleranceSeconds, { slackSeconds: 0 });
  return {
    hits,
    precision: hits > 0 ? hits / generated.length : 0,
    recall: hits > 0 ? hits / truth.length : 0,
    f1: hits > 0 ? (2 * hits) / (generated.length + truth.length) : 0,
  };
}

/** Options of {@link envelopeLag}; each default is an exported constant. */
export interface EnvelopeLagOptions {
  /** Length of the averaging window, seconds. Default 0.025. */
  readonly windowSeconds?: number;
  /** Step of the contours, seconds. Default 0.01. */
  readonly hopSeconds?: number;
  /** Largest lag that is tried, seconds. Default 0.5. */
  readonly maximumSeconds?: number;
}

/** 25 ms. */
export const DEFAULT_LAG_WINDOW_SECONDS = 0.025;
/** 10 ms. */
export const DEFAULT_LAG_HOP_SECONDS = 0.01;
/** 0.5 s. */
export const DEFAULT_LAG_MAXIMUM_SECONDS = 0.5;

/** Lag between two loudness contours. */
export interface EnvelopeLag {
  /** Seconds by which the generated sound is late. */
  readonly seconds: number;
  /** Correlation of the contours at that lag, −1 … 1; 0 when one side is silent or steady. */
  readonly peak: number;
  /** Correlation at no lag. */
  readonly atZero: number;
}

/**
 * By how much the loudness of a generated sound lags behind that of the true one.
 *
 * @param generated - One channel.
 * @param truth - One channel at the same rate.
 * @param sampleRate - Hz.
 * @throws FoleyError `invalid-argument` for sounds shorter than one window or a bad option.
 */
export function envelopeLag(
  generated: Samples,
  truth: Samples,
  sampleRate: number,
  options: EnvelopeLagOptions = {},
): EnvelopeLag {
  const {
    windowSeconds = DEFAULT_LAG_WINDOW_SECONDS,
    hopSeconds = DEFAULT_LAG_HOP_SECONDS,
    maximumSeconds = DEFAULT_LAG_MAXIMUM_SECONDS,
  } = options;
  const contour = (samples: Samples) => envelope(samples, sampleRate, hopSeconds, { windowSeconds });
  const step = Math.max(1, Math.round(hopSeconds * sampleRate)) / sampleRate;
  const { lag, peak, atZero } = crossCorrelationLag(contour(generated), contour(truth), Math.round(maximumSeconds / step));
  return { seconds: lag * step, peak, atZero };
}
