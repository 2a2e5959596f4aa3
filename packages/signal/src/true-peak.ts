/** True peak by oversampling, as ITU-R BS.1770-4 annex 2 describes it. */
import { checkChannels } from "./channels.js";
import { checkPositive, type Samples } from "./check.js";
import { besselI0 } from "./windows.js";

/** Neighbours to each side that an interpolated value is made of. */
export const REACH = 12;
const KAISER_BETA = 7;
const BLOCK = 64;

/**
 * Highest absolute value between and at the samples, dB re full scale (dBTP): 4× oversampling (2× from 96 kHz, none
 * from 192 kHz), within 0.2 dB for content up to 85 % of the Nyquist frequency. −∞ for silence.
 *
 * @param channels - One array per channel, equally long.
 * @param sampleRate - Hz.
 * @throws FoleyError `shape-mismatch` for channels of different lengths or none, `invalid-argument` for a bad rate.
 */
export function truePeak(channels: readonly Samples[], sampleRate: number): number {
  checkChannels(channels);
  checkPositive("sampleRate", sampleRate);
  const phases = interpolators(sampleRate);
  // No interpolated value exceeds the largest neighbour times this.
  const growth = Math.max(1, ...phases.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
  let peak = 0;
  for (const samples of channels) for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i]!));
  // A channel that is given twice is looked at once.
  for (const samples of new Set(channels)) {
    const padded = new Float64Array(samples.length + 2 * REACH);
    padded.set(samples, REACH);
    for (let start = 0; start < samples.length; start += BLOCK) {
      const end = Math.min(samples.length, start + BLOCK);
      let near = 0;
      for (let i = start; i < end + 2 * REACH; i++) near = Math.max(near, Math.abs(padded[i]!));
      if (near * growth <= peak) continue;
      for (let i = start; i < end; i++) {
        const between = peakAfter(padded, i + 1, phases);
        if (between > peak) peak = between;
      }
    }
  }
  return 20 * Math.log10(peak);
}

const NO_TAPS = new Float64Array(2 * REACH);

/**
 * Highest absolute value at the points between two samples, of the `2 * REACH` samples from `at` on. The sums of all points are made side by
 * side, because each of them alone waits for its last addition.
 */
export function peakAfter(padded: Float64Array, at: number, phases: readonly Float64Array[]): number {
  if (phases.length === 0) return 0;
  const [first = NO_TAPS, second = NO_TAPS, third = NO_TAPS] = phases;
  let [one, two, three] = [0, 0, 0];
  for (let k = 0; k < 2 * REACH; k++) {
    const sample = padded[at + k]!;
    one += first[k]! * sample;
    two += second[k]! * sample;
    three += third[k]! * sample;
  }
  return Math.max(Math.abs(one), Math.abs(two), Math.abs(three));
}

/** Taps for each point between two samples at which a peak is looked for. */
export function interpolators(sampleRate: number): Float64Array[] {
  const factor = sampleRate >= 192000 ? 1 : sampleRate >= 96000 ? 2 : 4;
  return Array.from({ length: factor - 1 }, (_, i) => interpolator((i + 1) / factor));
}

/** Kaiser-windowed sinc for a point `fraction` of a sample after the middle one, gain 1 at 0 Hz. */
function interpolator(fraction: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * REACH }, (_, k) => {
    const t = k - REACH + 1 - fraction;
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - (t / REACH) ** 2)));
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}
