/**
 * Programme loudness and true peak by ITU-R BS.1770-4, loudness range by EBU Tech 3342.
 */
import { FoleyError } from "@foley-control/core";
import { checkChannels } from "./channels.js";
import { checkOptions, checkPositive, type Samples } from "./check.js";
import { createStepEnergies } from "./k-weighting.js";
import { truePeak } from "./true-peak.js";

/** Options of {@link loudness}. */
export interface LoudnessOptions {
  /** Weight per channel; default 1 for the first three channels, 1.41 for the others (left, right, centre, surrounds; no LFE). */
  readonly channelWeights?: readonly number[];
}

/** Blocks quieter than this never count, LUFS. */
const LOUDNESS_ABSOLUTE_GATE = -70;
/** Blocks this far below the mean of the others do not count, LU. */
const LOUDNESS_RELATIVE_GATE = -10;
/** Weight of a surround channel. */
const SURROUND_CHANNEL_WEIGHT = 1.41;

/** What {@link loudness} measures. Levels of silence, or of clips shorter than a window, are −∞. */
export interface Loudness {
  /** Gated loudness of the whole, LUFS. */
  readonly integrated: number;
  /** Loudness of 400 ms windows, one every 100 ms, LUFS. */
  readonly momentary: Float64Array;
  /** Highest momentary loudness, LUFS. */
  readonly momentaryMaximum: number;
  /** Loudness of 3 s windows, one every 100 ms, LUFS. */
  readonly shortTerm: Float64Array;
  /** Highest short-term loudness, LUFS. */
  readonly shortTermMaximum: number;
  /** Spread of the gated short-term loudness, 10th to 95th percentile, LU; 0 for clips shorter than 3 s. */
  readonly range: number;
  /** Highest inter-sample peak of any channel, dB re full scale (dBTP). */
  readonly truePeak: number;
}

/**
 * Measures a programme.
 *
 * @param channels - One array per channel, equally long.
 * @param sampleRate - Hz, at least 8000.
 * @throws FoleyError `shape-mismatch` for channels of different lengths or none, `invalid-argument` for a bad rate.
 * @example
 * ```ts
 * const { integrated, truePeak } = loudness([left, right], 48000);
 * ```
 */
export function loudness(channels: readonly Samples[], sampleRate: number, options: LoudnessOptions = {}): Loudness {
  const length = checkChannels(channels);
  checkPositive("sampleRate", sampleRate);
  checkOptions(options, "{ channelWeights: [1, 1] }");
  const { channelWeights = usualWeights(channels.length) } = options;
  if (channelWeights.length !== channels.length) {
    const what = `${channelWeights.length} channel weights were given for ${channels.length} channels.`;
    throw new FoleyError("shape-mismatch", what, { hint: "Pass one weight per channel." });
  }
  // Energies of 100 ms steps, from which all windows are summed.
  const meter = createStepEnergies(channelWeights, sampleRate);
  meter.push(channels);
  const energies = meter.energies().subarray(0, Math.floor((length * 10) / sampleRate + 1e-9));
  const momentaryPower = windowPowers(energies, 4, sampleRate);
  const shortTermPower = windowPowers(energies, 30, sampleRate);
  const momentary = momentaryPower.map(powerToLoudness);
  const shortTerm = shortTermPower.map(powerToLoudness);
  return {
    integrated: integratedOf(momentaryPower),
    momentary,
    momentaryMaximum: largest(momentary),
    shortTerm,
    shortTermMaximum: largest(shortTerm),
    range: loudnessRange(shortTermPower),
    truePeak: truePeak(channels, sampleRate),
  };
}

/** Measures a sound of which the rest is not there yet; an hour of it takes 300 kB. */
export interface LoudnessMeter {
  /** Takes what comes next: one array per channel, equally long. */
  push(channels: readonly Samples[]): void;
  /** Gated loudness of all that has come, LUFS; −∞ of silence, or of less than 400 ms. */
  integrated(): number;
}

/**
 * Makes a meter; its number is the `integrated` of {@link loudness} for the same samples.
 *
 * @param channelCount - How many channels there are.
 * @param sampleRate - Hz, at least 8000.
 * @throws FoleyError `invalid-argument` for a bad count or rate.
 */
export function createLoudnessMeter(channelCount: number, sampleRate: number): LoudnessMeter {
  checkPositive("channelCount", channelCount);
  const meter = createStepEnergies(usualWeights(channelCount), sampleRate);
  return {
    push(channels) {
      checkChannels(channels);
      meter.push(channels);
    },
    integrated: () => integratedOf(windowPowers(meter.energies(), 4, sampleRate)),
  };
}

const usualWeights = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => (index < 3 ? 1 : SURROUND_CHANNEL_WEIGHT));

const integratedOf = (momentaryPower: Float64Array): number =>
  powerToLoudness(mean(gated(momentaryPower, LOUDNESS_RELATIVE_GATE)));

/** Mean square of every window of `count` steps. */
function windowPowers(energies: Float64Array, count: number, sampleRate: number): Float64Array {
  const powers = new Float64Array(Math.max(0, energies.length - count + 1));
  for (let i = 0; i < powers.length; i++) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += energies[i + k]!;
    powers[i] = sum / ((count * sampleRate) / 10);
  }
  return powers;
}

function powerToLoudness(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function gated(powers: Float64Array, relativeGate: number): Float64Array {
  const absolute = powers.filter((power) => powerToLoudness(power) >= LOUDNESS_ABSOLUTE_GATE);
  const threshold = mean(absolute) * 10 ** (relativeGate / 10);
  return absolute.filter((power) => power > threshold);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length > 0 ? sum / values.length : 0;
}

function loudnessRange(powers: Float64Array): number {
  const levels = gated(powers, -20).map(powerToLoudness).sort();
  if (levels.length === 0) return 0;
  const at = (share: number) => levels[Math.round((levels.length - 1) * share)]!;
  return at(0.95) - at(0.1);
}

function largest(values: Float64Array): number {
  let result = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > result) result = value;
  return result;
}
