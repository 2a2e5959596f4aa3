/**
 * Programme loudness and true peak by ITU-R BS.1770-4, loudness range by EBU Tech 3342. The K-weighting filters are
 * derived for any sample rate from the analogue prototypes behind the published 48 kHz coefficients (Brecht De Man,
 * "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
 */
import { FoleyError } from "@foley-control/core";
import { checkChannels } from "./channels.js";
import { checkOptions, checkPositive, type Samples } from "./check.js";
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

/** Coefficients of a second-order section, a0 = 1. */
interface Biquad {
  /** Feed-forward coefficients. */
  readonly b: readonly [number, number, number];
  /** Feedback coefficients a1, a2. */
  readonly a: readonly [number, number];
}

/** The two sections of the K-weighting at a sample rate: head shelf, then high-pass. */
export function kWeighting(sampleRate: number): readonly [Biquad, Biquad] {
  checkPositive("sampleRate", sampleRate);
  const shelf = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const shelfQ = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const s = 1 + shelf / shelfQ + shelf * shelf;
  const pass = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const passQ = 0.5003270373238773;
  const p = 1 + pass / passQ + pass * pass;
  return [
    {
      b: [
        (high + (band * shelf) / shelfQ + shelf * shelf) / s,
        (2 * (shelf * shelf - high)) / s,
        (high - (band * shelf) / shelfQ + shelf * shelf) / s,
      ],
      a: [(2 * (shelf * shelf - 1)) / s, (1 - shelf / shelfQ + shelf * shelf) / s],
    },
    { b: [1, -2, 1], a: [(2 * (pass * pass - 1)) / p, (1 - pass / passQ + pass * pass) / p] },
  ];
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
  const { channelWeights = channels.map((_, index) => (index < 3 ? 1 : SURROUND_CHANNEL_WEIGHT)) } = options;
  if (channelWeights.length !== channels.length) {
    const what = `${channelWeights.length} channel weights were given for ${channels.length} channels.`;
    throw new FoleyError("shape-mismatch", what, { hint: "Pass one weight per channel." });
  }
  // Energies of 100 ms steps, from which all windows are summed.
  const steps = Math.floor((length * 10) / sampleRate + 1e-9);
  const energies = new Float64Array(steps);
  channels.forEach((samples, index) => {
    addWeightedEnergy(energies, samples, sampleRate, channelWeights[index]!);
  });
  const momentaryPower = windowPowers(energies, 4, sampleRate);
  const shortTermPower = windowPowers(energies, 30, sampleRate);
  const momentary = momentaryPower.map(powerToLoudness);
  const shortTerm = shortTermPower.map(powerToLoudness);
  return {
    integrated: powerToLoudness(mean(gated(momentaryPower, LOUDNESS_RELATIVE_GATE))),
    momentary,
    momentaryMaximum: largest(momentary),
    shortTerm,
    shortTermMaximum: largest(shortTerm),
    range: loudnessRange(shortTermPower),
    truePeak: truePeak(channels, sampleRate),
  };
}

function addWeightedEnergy(energies: Float64Array, samples: Samples, sampleRate: number, weight: number): void {
  const [shelf, pass] = kWeighting(sampleRate);
  let s1 = 0;
  let s2 = 0;
  let p1 = 0;
  let p2 = 0;
  for (let step = 0; step < energies.length; step++) {
    const end = Math.min(samples.length, Math.round(((step + 1) * sampleRate) / 10));
    let sum = 0;
    for (let i = Math.round((step * sampleRate) / 10); i < end; i++) {
      // Transposed direct form II.
      const x = samples[i]!;
      const y = shelf.b[0] * x + s1;
      s1 = shelf.b[1] * x - shelf.a[0] * y + s2;
      s2 = shelf.b[2] * x - shelf.a[1] * y;
      const z = pass.b[0] * y + p1;
      p1 = pass.b[1] * y - pass.a[0] * z + p2;
      p2 = pass.b[2] * y - pass.a[1] * z;
      sum += z * z;
    }
    energies[step]! += weight * sum;
  }
}

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
