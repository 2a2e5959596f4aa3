/** How fast a sound, or one frequency of it, dies away: a straight line through its logarithmic envelope. */
import type { Samples } from "@foley-control/signal";

/** Window of {@link toneEnvelope}, seconds. */
const TONE_WINDOW_SECONDS = 0.02;
/** Step of {@link toneEnvelope}, seconds. */
const TONE_HOP_SECONDS = 0.005;
/** Fall after which {@link decayRate} stops following an envelope, dB. */
const DECAY_RANGE_DB = 30;

/** Amplitudes over time. */
interface ToneEnvelope {
  /** Amplitude per step. */
  readonly values: Float64Array;
  /** Seconds between values. */
  readonly hopSeconds: number;
  /** Amplitude of what was there before the stretch began. */
  readonly background: number;
}

/**
 * Amplitude of one frequency, or of everything, over a stretch of a clip.
 *
 * @param samples - One channel.
 * @param sampleRate - Hz.
 * @param start - First sample.
 * @param end - Sample after the last.
 * @param frequency - Hz, or `undefined` for the RMS of the whole spectrum.
 */
export function toneEnvelope(
  samples: Samples,
  sampleRate: number,
  start: number,
  end: number,
  frequency: number | undefined,
): ToneEnvelope {
  const length = Math.max(4, Math.round(TONE_WINDOW_SECONDS * sampleRate));
  const hop = Math.max(1, Math.round(TONE_HOP_SECONDS * sampleRate));
  const frames = Math.max(0, Math.floor((end - start - length) / hop) + 1);
  const cos = new Float64Array(length);
  const sin = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const window = (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length)) * (frequency === undefined ? 1 : 4 / length);
    const angle = frequency === undefined ? 0 : (2 * Math.PI * frequency * i) / sampleRate;
    cos[i] = window * Math.cos(angle);
    sin[i] = window * Math.sin(angle);
  }
  const at = (from: number): number => {
    let re = 0;
    let im = 0;
    if (frequency === undefined) {
      for (let i = 0; i < length; i++) re += cos[i]! * (samples[from + i] ?? 0) ** 2;
      return Math.sqrt((2 * re) / length);
    }
    for (let i = 0; i < length; i++) {
      const x = samples[from + i] ?? 0;
      re += x * cos[i]!;
      im += x * sin[i]!;
    }
    return Math.hypot(re, im);
  };
  const values = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) values[frame] = at(start + frame * hop);
  return { values, hopSeconds: hop / sampleRate, background: start >= length ? at(start - length) : 0 };
}

/**
 * Rate d of the exponential exp(−d·t) that fits an envelope from its highest value down to {@link DECAY_RANGE_DB} below
 * it or to twice the background, by least squares in the logarithm.
 *
 * @returns 1/s; `NaN` when fewer than three values are usable or the envelope does not fall.
 */
export function decayRate(envelope: ToneEnvelope): number {
  const { values, hopSeconds, background } = envelope;
  let top = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > values[top]!) top = i;
  const floor = Math.max((values[top] ?? 0) * 10 ** (-DECAY_RANGE_DB / 20), 2 * background, 1e-7);
  let count = 0;
  let sumT = 0;
  let sumY = 0;
  let sumTT = 0;
  let sumTY = 0;
  for (let i = top; i < values.length && values[i]! >= floor; i++) {
    const t = (i - top) * hopSeconds;
    const y = Math.log(values[i]!);
    count++;
    sumT += t;
    sumY += y;
    sumTT += t * t;
    sumTY += t * y;
  }
  const slope = (count * sumTY - sumT * sumY) / (count * sumTT - sumT * sumT);
  return count >= 3 && slope < 0 ? -slope : Number.NaN;
}
