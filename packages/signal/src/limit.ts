/**
 * A limiter that looks ahead and holds the true peak (ITU-R BS.1770-4 annex 2) below a ceiling. What it does with a sample depends on some
 * milliseconds around it and on nothing else, so that a sound of any length goes through it in blocks.
 */
import { checkChannels } from "./channels.js";
import { checkInteger, checkPositive, checkRange, type Samples } from "./check.js";
import { DEFAULT_PEAK_DB } from "./gain.js";
import { interpolators, peakAfter, REACH, truePeak } from "./true-peak.js";

/** Seconds before and after a peak in which the gain goes down and comes back. */
const REACTION = 0.005;
/** Samples that are worked on at once: always the same ones, however the sound comes in. */
const BLOCK = 8192;
/**
 * How far below the ceiling peaks above it are brought, dB, one stage after the other: a gain that moves within one interpolation leaves a
 * little over the ceiling, and of that the next stage leaves a little.
 */
const STAGES = [0.005, 0.01, 0.02] as const;

/** What a limiter gives. */
export interface LimitResult {
  /** New arrays where something was turned down, else those given. */
  readonly channels: readonly Float32Array[];
  /** Most that was turned down, dB, 0 or more. */
  readonly reductionDb: number;
}

/** A limiter for sound that comes in blocks. */
export interface Limiter {
  /** Most that was turned down so far, dB, 0 or more. */
  readonly reductionDb: number;
  /** Takes a block, one array per channel; gives what is finished, which lags behind by some thousand samples. */
  push(block: readonly Float32Array[]): readonly Float32Array[];
  /** The rest: together with what `push` gave as much as came in. */
  finish(): readonly Float32Array[];
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
  const limiter = createLimiter(channels.length, sampleRate, ceilingDb);
  if (truePeak(channels, sampleRate) <= ceilingDb) return { channels, reductionDb: 0 };
  const [begin, end] = [limiter.push(channels), limiter.finish()];
  return { channels: joined(begin, end), reductionDb: limiter.reductionDb };
}

/**
 * The limiter of {@link limitTruePeak} for sound that comes in blocks: the same samples, however it is cut.
 *
 * @param channels - How many.
 * @param sampleRate - Hz.
 * @param ceilingDb - Highest true peak, dBTP. Default {@link DEFAULT_PEAK_DB}.
 * @throws FoleyError `invalid-argument`.
 */
export function createLimiter(channels: number, sampleRate: number, ceilingDb: number = DEFAULT_PEAK_DB): Limiter {
  checkInteger("channels", channels, 1);
  checkPositive("sampleRate", sampleRate);
  checkRange("ceilingDb", ceilingDb, -200, 200);
  const stages = STAGES.map((below) => createStage(channels, sampleRate, ceilingDb, below));
  return {
    get reductionDb() {
      return stages.reduce((sum, stage) => sum - 20 * Math.log10(stage.least()), 0);
    },
    push: (block) => stages.reduce((passed, stage) => stage.push(passed), block),
    finish() {
      let rest: readonly Float32Array[] = Array.from({ length: channels }, () => new Float32Array(0));
      for (const stage of stages) rest = joined(stage.push(rest), stage.finish());
      return rest;
    },
  };
}

/** One pass over a sound, block by block. */
function createStage(count: number, sampleRate: number, ceilingDb: number, below: number) {
  const reach = Math.max(1, Math.round(REACTION * sampleRate));
  const half = Math.max(1, Math.floor(reach / 2));
  const phases = interpolators(sampleRate);
  /** Samples on either side that have a say in one. */
  const around = REACH + reach + 2 * half;
  const [ceiling, aim] = [10 ** (ceilingDb / 20), 10 ** ((ceilingDb - below) / 20)];
  // What waits, from `around` samples before the next block on; before the sound there is silence.
  let waiting: readonly Float32Array[] = Array.from({ length: count }, () => new Float32Array(around));
  let least = 1;
  const pass = (at: number, finished: number): readonly Float32Array[] => {
    const seen = waiting.map((channel) => channel.subarray(at, at + finished + 2 * around));
    const needed = neededGains(seen, phases, ceiling, aim);
    const out = seen.map((channel) => channel.slice(around, around + finished));
    if (needed) {
      const gains = runningMean(runningMean(lowest(needed, reach), half), half).subarray(around, around + finished);
      for (const gain of gains) least = Math.min(least, gain);
      for (const channel of out) for (let i = 0; i < finished; i++) channel[i] = (channel[i] as number) * (gains[i] as number);
    }
    return out;
  };
  return {
    least: () => least,
    push(block: readonly Float32Array[]): readonly Float32Array[] {
      waiting = joined(waiting, block);
      const length = waiting[0]?.length ?? 0;
      const ready: (readonly Float32Array[])[] = [];
      let at = 0;
      for (; length - at >= BLOCK + 2 * around; at += BLOCK) ready.push(pass(at, BLOCK));
      waiting = waiting.map((channel) => channel.slice(at));
      return concatenated(ready, count);
    },
    finish(): readonly Float32Array[] {
      const rest = (waiting[0]?.length ?? 0) - around;
      waiting = joined(
        waiting,
        waiting.map(() => new Float32Array(around)),
      );
      return pass(0, rest);
    },
  };
}

function joined(first: readonly Float32Array[], second: readonly Float32Array[]): readonly Float32Array[] {
  if ((second[0]?.length ?? 0) === 0) return first;
  if ((first[0]?.length ?? 0) === 0) return second;
  return concatenated([first, second], first.length);
}

function concatenated(parts: readonly (readonly Float32Array[])[], count: number): readonly Float32Array[] {
  const length = parts.reduce((sum, [first]) => sum + (first?.length ?? 0), 0);
  return Array.from({ length: count }, (_, channel) => {
    const out = new Float32Array(length);
    let at = 0;
    for (const part of parts) {
      const samples = part[channel] as Float32Array;
      out.set(samples, at);
      at += samples.length;
    }
    return out;
  });
}

/** For each sample, the gain that its own peak and those up to the next sample ask for, 1 for most; `undefined` where that is all. */
function neededGains(
  channels: readonly Samples[],
  phases: readonly Float64Array[],
  ceiling: number,
  aim: number,
): Float64Array | undefined {
  const gains = new Float64Array(channels[0]?.length ?? 0).fill(1);
  const growth = Math.max(1, ...phases.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
  const least = ceiling / growth;
  let found = false;
  for (const samples of channels) {
    const ahead = 2 * REACH;
    const padded = new Float64Array(samples.length + ahead);
    padded.set(samples, REACH);
    // What is far from any loud sample cannot be loud between samples.
    let loudUntil = -1;
    for (let i = 0; i < samples.length; i++) {
      if (Math.abs(padded[i + ahead - 1] as number) > least) loudUntil = i + ahead;
      if (i > loudUntil) continue;
      const peak = Math.max(Math.abs(samples[i] as number), peakAfter(padded, i + 1, phases));
      if (peak <= ceiling) continue;
      found = true;
      gains[i] = Math.min(gains[i] as number, aim / peak);
    }
  }
  return found ? gains : undefined;
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

/** The mean within `reach` on either side; two of them after another keep what is constant as it is. */
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
