/** Static gains and fades. Inputs are left as they are; one gain serves all channels, so the stereo image stays. */
import { checkChannels } from "./channels.js";
import { checkOptions, checkPositive, checkRange, checkSamples, type Samples } from "./check.js";
import { loudness } from "./loudness.js";

/** −1 dB re full scale. */
export const DEFAULT_PEAK_DB = -1;

/** Channels after a gain. */
export interface GainResult {
  /** New arrays, as many as were given. */
  readonly channels: Float32Array[];
  /** The gain applied, dB; 0 for silence. */
  readonly gainDb: number;
}

/**
 * Brings the largest sample of any channel to a level.
 *
 * @param peakDb - Level wanted, dB re full scale. Default {@link DEFAULT_PEAK_DB}.
 * @throws FoleyError `shape-mismatch` for channels of different lengths or none.
 */
export function normalisePeak(channels: readonly Samples[], peakDb: number = DEFAULT_PEAK_DB): GainResult {
  checkChannels(channels);
  checkRange("peakDb", peakDb, -200, 200);
  let peak = 0;
  for (const channel of channels) for (let i = 0; i < channel.length; i++) peak = Math.max(peak, Math.abs(channel[i]!));
  return applyGain(channels, peak > 0 ? peakDb - 20 * Math.log10(peak) : 0);
}

/** Options of {@link normaliseLoudness}. */
export interface NormaliseLoudnessOptions {
  /** True peak that must not be exceeded, dBTP; the gain is lowered to keep it. Default {@link DEFAULT_PEAK_DB}. */
  readonly maximumTruePeak?: number;
}

/**
 * Brings a programme to an integrated loudness by one static gain, as far as its true peak allows.
 *
 * @param sampleRate - Hz.
 * @param target - Integrated loudness wanted, LUFS, for example −23 (EBU R 128) or −14.
 * @throws FoleyError as `loudness`.
 */
export function normaliseLoudness(
  channels: readonly Samples[],
  sampleRate: number,
  target: number,
  options: NormaliseLoudnessOptions = {},
): GainResult {
  checkOptions(options, "{ maximumTruePeak: -1 }");
  const { maximumTruePeak = DEFAULT_PEAK_DB } = options;
  checkRange("target", target, -70, 0);
  const { integrated, truePeak } = loudness(channels, sampleRate);
  if (!Number.isFinite(integrated)) return applyGain(channels, 0);
  return applyGain(channels, Math.min(target - integrated, maximumTruePeak - truePeak));
}

/**
 * Multiplies all channels by a gain in dB.
 *
 * @param gainDb - −1000 to 1000.
 * @throws FoleyError `shape-mismatch` for channels of different lengths or none, `invalid-argument` for a gain that is no such number.
 */
export function applyGain(channels: readonly Samples[], gainDb: number): GainResult {
  checkChannels(channels);
  checkRange("gainDb", gainDb, -1000, 1000);
  const factor = 10 ** (gainDb / 20);
  return { channels: channels.map((channel) => Float32Array.from(channel, (x) => x * factor)), gainDb };
}

/**
 * Fades the end of one channel to zero along half a cosine. A fade longer than the clip covers the whole clip.
 *
 * @param seconds - Length of the fade.
 */
export function fadeOut(samples: Samples, sampleRate: number, seconds: number): Float32Array {
  return fade(samples, sampleRate, seconds, true);
}

/** Fades the start of one channel from zero along half a cosine. A fade longer than the clip covers the whole clip. */
export function fadeIn(samples: Samples, sampleRate: number, seconds: number): Float32Array {
  return fade(samples, sampleRate, seconds, false);
}

function fade(samples: Samples, sampleRate: number, seconds: number, atEnd: boolean): Float32Array {
  checkSamples("samples", samples);
  checkPositive("sampleRate", sampleRate);
  checkRange("seconds", seconds, 0, Number.MAX_VALUE);
  const out = Float32Array.from(samples);
  const count = Math.min(out.length, Math.round(seconds * sampleRate));
  for (let i = 0; i < count; i++) {
    // The outermost sample is exactly zero.
    const at = atEnd ? out.length - 1 - i : i;
    out[at]! *= 0.5 - 0.5 * Math.cos((Math.PI * i) / count);
  }
  return out;
}
