/** A limiter that looks ahead and holds the true peak (ITU-R BS.1770-4 annex 2) below a ceiling. */
import { checkChannels } from "./channels.js";
import { checkPositive, checkRange, type Samples } from "./check.js";
import { DEFAULT_PEAK_DB } from "./gain.js";
import { interpolators, REACH, truePeak } from "./true-peak.js";

/** Seconds before and after a peak in which the gain goes down and comes back. */
const REACTION = 0.005;

/** What a limiter gives. */
export interface LimitResult {
  /** New arrays where something was turned down, else those given. */
  readonly channels: readonly Float32Array[];
  /** Most that was turned down, dB, 0 or more. */
  readonly reductionDb: number;
}

/**
 * Turns a programme down where its true peak would exceed a ceiling, all channels alike; elsewhere it stays as it is.
 *
 * @param sampleRate - Hz.
 * @param ceilingDb - Highest true peak, dBTP. Default {@link DEFAULT_PEAK_DB}.
 * @throws FoleyError as `truePeak`.
 */
export function limitTruePeak(
  channels: readonly Float32Array[],
  sampleRate: number,
  ceilingDb: number = DEFAULT_PEAK_DB,
): LimitResult {
  checkChannels(channels);
  checkPositive("sampleRate", sampleRate);
  checkRange("ceilingDb", ceilingDb, -200, 200);
  if (truePeak(channels, sampleRate) <= ceilingDb) return { channels, reductionDb: 0 };
  const reach = Math.max(1, Math.round(REACTION * sampleRate));
  const phases = interpolators(sampleRate);
  // A gain that moves within one interpolation can leave a little over the ceiling, which is then aimed lower.
  for (let aim = ceilingDb; ; ) {
    const gains = smoothed(lowest(neededGains(channels, phases, 10 ** (aim / 20)), reach), reach);
    const limited = channels.map((channel) => Float32Array.from(channel, (x, i) => x * (gains[i] as number)));
    const over = truePeak(limited, sampleRate) - ceilingDb;
    if (over <= 0) return { channels: limited, reductionDb: -20 * Math.log10(gains.reduce((a, b) => Math.min(a, b), 1)) };
    aim -= over + 1e-3;
  }
}

/** For each sample, the gain that its own peak and those up to the next sample ask for; 1 for most. */
function neededGains(channels: readonly Samples[], phases: readonly Float64Array[], ceiling: number): Float64Array {
  const gains = new Float64Array(channels[0]?.length ?? 0).fill(1);
  const growth = Math.max(1, ...phases.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
  const least = ceiling / growth;
  for (const samples of channels) {
    const padded = new Float64Array(samples.length + 2 * REACH);
    padded.set(samples, REACH);
    // What is far from any loud sample cannot be loud between samples.
    let loudUntil = -1;
    for (let i = 0; i < samples.length; i++) {
      if (Math.abs(padded[i + 2 * REACH - 1] as number) > least) loudUntil = i + 2 * REACH;
      if (i > loudUntil) continue;
      let peak = Math.abs(samples[i] as number);
      for (const taps of phases) {
        let sum = 0;
        for (let k = 0; k < 2 * REACH; k++) sum += (taps[k] as number) * (padded[i + 1 + k] as number);
        peak = Math.max(peak, Math.abs(sum));
      }
      if (peak > ceiling) gains[i] = Math.min(gains[i] as number, ceiling / peak);
    }
  }
  return gains;
}

/** The least value within `reach` on either side, by a queue of candidates. */
function lowest(values: Float64Array, reach: number): Float64Array {
  const out = new Float64Array(values.length);
  const queue = new Int32Array(values.length);
  let [head, tail] = [0, 0];
  for (let i = 0; i < values.length + reach; i++) {
    if (i < values.length) {
      while (tail > head && (values[queue[tail - 1] as number] as number) >= (values[i] as number)) tail--;
      queue[tail++] = i;
    }
    const at = i - reach;
    if (at < 0) continue;
    while ((queue[head] as number) < at - reach) head++;
    out[at] = values[queue[head] as number] as number;
  }
  return out;
}

/** Two running means whose windows together span `reach` on either side; what is constant there stays as it is. */
function smoothed(values: Float64Array, reach: number): Float64Array {
  const half = Math.max(1, Math.floor(reach / 2));
  return runningMean(runningMean(values, half), half);
}

function runningMean(values: Float64Array, reach: number): Float64Array {
  const { length } = values;
  const out = new Float64Array(length);
  const width = 2 * reach + 1;
  // Sums of what is missing to 1, so that where nothing is, rounding leaves nothing.
  const missing = (i: number): number => 1 - (values[Math.max(0, Math.min(length - 1, i))] as number);
  let sum = 0;
  for (let i = -reach; i < reach; i++) sum += missing(i);
  for (let i = 0; i < length; i++) {
    sum += missing(i + reach);
    out[i] = sum < 1e-9 ? 1 : 1 - sum / width;
    sum -= missing(i - reach);
  }
  return out;
}
