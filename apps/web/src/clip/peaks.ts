/**
 * Least and greatest samples, in levels that are each four times coarser: what a waveform of any length is drawn from without its samples. The
 * finest level is as fine as {@link PEAK_BYTES} allow.
 */
import type { PeakLevel, Peaks } from "./clip.js";

/** How much coarser each level is than the one before. */
export const PEAK_FACTOR = 4;
/** Most bytes of all levels together. */
export const PEAK_BYTES = 4 << 20;
/** Samples of the finest peak of a short sound; of a long one it is this times a power of {@link PEAK_FACTOR}. */
const FINEST = 64;
/** Levels go up to this many samples per peak: a pixel of an hour across a screen. */
const COARSEST = 1 << 18;

/** Peaks that are being made. */
export interface PeakBuilder {
  /** Everything so far; the same object all the time. */
  readonly peaks: Peaks;
  /** Adds samples that follow the ones before; the loudest channel counts. */
  add(channels: readonly Float32Array[]): void;
  /** Ends: the last, shorter peaks count too. */
  end(): void;
}

/** Begins to make peaks of a sound of about `duration` seconds; what comes beyond is left out. */
export function createPeakBuilder(sampleRate: number, duration: number): PeakBuilder {
  const samples = Math.max(1, Math.ceil(duration * sampleRate));
  let finest = FINEST;
  while ((samples / finest) * 8 * (PEAK_FACTOR / (PEAK_FACTOR - 1)) > PEAK_BYTES) finest *= PEAK_FACTOR;
  const levels: PeakLevel[] = [];
  for (let size = finest; size <= Math.max(finest, COARSEST); size *= PEAK_FACTOR)
    levels.push({ samplesPerPeak: size, values: new Float32Array(2 * Math.ceil(samples / size)) });
  const peaks = { sampleRate, levels, ready: 0 };
  let done = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;

  const put = (level: number, index: number, low: number, high: number): void => {
    const values = levels[level]?.values;
    if (values === undefined || 2 * index >= values.length) return;
    values[2 * index] = low;
    values[2 * index + 1] = high;
    const first = index - (index % PEAK_FACTOR);
    // A coarser peak is written anew with each finer one, so that it is right at any moment.
    let [coarseLow, coarseHigh] = [low, high];
    for (let i = first; i < index; i++) {
      coarseLow = Math.min(coarseLow, values[2 * i] as number);
      coarseHigh = Math.max(coarseHigh, values[2 * i + 1] as number);
    }
    put(level + 1, first / PEAK_FACTOR, coarseLow, coarseHigh);
  };
  const flush = (): void => {
    if (most >= least) put(0, Math.ceil(done / finest) - 1, least, most);
    least = Number.POSITIVE_INFINITY;
    most = Number.NEGATIVE_INFINITY;
  };
  return {
    peaks,
    add(channels) {
      const length = channels[0]?.length ?? 0;
      for (let i = 0; i < length; i++) {
        for (const channel of channels) {
          const value = channel[i] as number;
          if (value < least) least = value;
          if (value > most) most = value;
        }
        if (++done % finest === 0) flush();
      }
      peaks.ready = done / sampleRate;
    },
    end: flush,
  };
}

/** The level to draw from when one pixel is `samples` samples wide: the coarsest that is not coarser, else the finest. */
export function levelFor(peaks: Peaks, samples: number): PeakLevel | undefined {
  return peaks.levels.findLast(({ samplesPerPeak }) => samplesPerPeak <= samples) ?? peaks.levels[0];
}

/** Least and greatest sample between two times, from a level; `undefined` where nothing is known yet. */
export function peakBetween(
  { samplesPerPeak, values }: PeakLevel,
  sampleRate: number,
  from: number,
  to: number,
): readonly [number, number] | undefined {
  const first = Math.max(0, Math.floor((from * sampleRate) / samplesPerPeak));
  const last = Math.min(values.length / 2, Math.max(first + 1, Math.ceil((to * sampleRate) / samplesPerPeak)));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = first; i < last; i++) {
    low = Math.min(low, values[2 * i] as number);
    high = Math.max(high, values[2 * i + 1] as number);
  }
  return high >= low ? [low, high] : undefined;
}
