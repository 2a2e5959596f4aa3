/**
 * How much a sound rises at every moment: spectral flux on logarithmic bands (Bello et al., "A tutorial on onset
 * detection in music signals", 2005; Böck, Krebs & Schedl, "Evaluating the online capabilities of onset detection
 * methods", ISMIR 2012). As in SuperFlux (Böck & Widmer, DAFx 2013) a rise is measured against a maximum of the
 * past, here over time, so that the beating of modes, the fluctuation of noise and reverberant tails do not count.
 */
import { checkFinite, checkInteger, checkOptions, checkPositive, checkSamples, type Samples } from "./check.js";
import { createRealFft } from "./real-fft.js";
import { createWindow } from "./windows.js";

/** Options of {@link onsetStrength}; their defaults are {@link DEFAULT_ONSET_STRENGTH}. */
export interface OnsetStrengthOptions {
  /** Length of the Hann window in seconds. Default 0.02. */
  readonly windowSeconds?: number;
  /** Time between frames in seconds. Default 0.0025. */
  readonly hopSeconds?: number;
  /** Number of logarithmically spaced bands. Default 16. */
  readonly bands?: number;
  /** Lower edge of the lowest band, Hz. Default 60. */
  readonly minimumHz?: number;
  /** Upper edge of the highest band, Hz, cut to the Nyquist frequency. Default 11000. */
  readonly maximumHz?: number;
  /** Gap between a frame and the past it is compared with, seconds. Default 0.01. */
  readonly lagSeconds?: number;
  /** Length of that past, whose maximum must be exceeded, seconds. Default 0.03. */
  readonly pastSeconds?: number;
  /** Rise of a band that does not count, dB. Default 2. */
  readonly deadZoneDb?: number;
  /** Band levels are cut off this far below the loudest band of the clip, dB (negative). Default -50. */
  readonly relativeFloorDb?: number;
  /** Band levels are cut off at this level, dB re full-scale sine. Default -75. */
  readonly absoluteFloorDb?: number;
  /** Whether silence came before the first sample, so that a sound that starts with the clip is an onset. Default false. */
  readonly leadingSilence?: boolean;
}

/** Defaults of {@link onsetStrength}. */
export const DEFAULT_ONSET_STRENGTH = {
  windowSeconds: 0.02,
  hopSeconds: 0.0025,
  bands: 16,
  minimumHz: 60,
  maximumHz: 11000,
  lagSeconds: 0.01,
  pastSeconds: 0.03,
  deadZoneDb: 2,
  relativeFloorDb: -50,
  absoluteFloorDb: -75,
  leadingSilence: false,
} as const satisfies Required<OnsetStrengthOptions>;

/** A detection function sampled at a fixed rate. */
export interface OnsetStrength {
  /** Mean rise over the bands, dB, one value per frame. */
  readonly values: Float64Array;
  /** Seconds between frames. */
  readonly hopSeconds: number;
  /** Seconds from the start of the clip to the centre of frame 0. */
  readonly startSeconds: number;
}

/**
 * The detection function of a clip.
 *
 * @param samples - One channel.
 * @param sampleRate - Hz.
 * @throws FoleyError `invalid-argument` for a bad rate or option, or a sample that is not finite.
 */
export function onsetStrength(samples: Samples, sampleRate: number, options: OnsetStrengthOptions = {}): OnsetStrength {
  const levels = measureBands(samples, sampleRate, options);
  return risesOf(levels, floorOf(loudestOf(levels.bands, 0, levels.frames), options), options);
}

/** Levels of bands, dB re full-scale sine; frame i is centred on sample i·hop. */
export interface BandLevels {
  readonly bands: readonly Float64Array[];
  /** So many levels of each. */
  readonly frames: number;
  /** Samples from one frame to the next. */
  readonly hop: number;
  /** Samples of a frame's window. */
  readonly window: number;
  readonly sampleRate: number;
  /** Samples of the sound. */
  readonly samples: number;
}

/** Samples from one frame to the next. */
export const onsetHop = (sampleRate: number, hopSeconds: number): number => Math.max(1, Math.round(hopSeconds * sampleRate));

/** What {@link onsetStrength} looks at. */
export function measureBands(samples: Samples, sampleRate: number, options: OnsetStrengthOptions): BandLevels {
  checkOptions(options, "{ bands: 24 }");
  const given = { ...DEFAULT_ONSET_STRENGTH, ...options };
  const { windowSeconds, hopSeconds, bands, minimumHz, maximumHz, lagSeconds, pastSeconds } = given;
  checkSamples("samples", samples);
  checkPositive("sampleRate", sampleRate);
  checkPositive("windowSeconds", windowSeconds);
  checkPositive("hopSeconds", hopSeconds);
  checkPositive("lagSeconds", lagSeconds);
  checkPositive("pastSeconds", pastSeconds);
  checkInteger("bands", bands, 1);
  checkFinite("samples", samples);

  const window = Math.max(4, Math.round(windowSeconds * sampleRate));
  const hop = onsetHop(sampleRate, hopSeconds);
  const frames = Math.max(1, Math.floor(samples.length / hop) + 1);
  const levels = bandLevels(samples, sampleRate, window, hop, frames, bands, minimumHz, maximumHz);
  return { bands: levels, frames, hop, window, sampleRate, samples: samples.length };
}

/** The loudest band in frames [from, to), dB. */
export function loudestOf(bands: readonly Float64Array[], from: number, to: number): number {
  let loudest = Number.NEGATIVE_INFINITY;
  for (const band of bands) for (let i = from; i < to; i++) if (band[i]! > loudest) loudest = band[i]!;
  return loudest;
}

/** The level at which bands are cut off in a sound whose loudest is `loudest`, dB. */
export function floorOf(loudest: number, options: OnsetStrengthOptions): number {
  const { relativeFloorDb, absoluteFloorDb } = { ...DEFAULT_ONSET_STRENGTH, ...options };
  return Math.max(loudest + relativeFloorDb, absoluteFloorDb);
}

/** How much bands rise above what was there before; changes the levels. */
export function risesOf(
  { bands, frames, hop, window, sampleRate, samples }: BandLevels,
  floor: number,
  options: OnsetStrengthOptions,
): OnsetStrength {
  const { lagSeconds, pastSeconds, deadZoneDb, leadingSilence } = { ...DEFAULT_ONSET_STRENGTH, ...options };
  for (const level of bands) for (let i = 0; i < frames; i++) if (level[i]! < floor) level[i] = floor;
  // Frames that reach over an end see it as a step, so they take the levels of the nearest whole frame, unless silence is known to come before.
  const lag = Math.max(1, Math.round((lagSeconds * sampleRate) / hop));
  const past = Math.max(1, Math.round((pastSeconds * sampleRate) / hop));
  const firstWhole = leadingSilence ? 0 : Math.min(frames - 1, Math.ceil(window / 2 / hop));
  const lastWhole = Math.max(firstWhole, Math.min(frames - 1, Math.floor((samples - window / 2) / hop)));
  const values = new Float64Array(frames);
  for (const level of bands) {
    for (let i = 0; i < firstWhole; i++) level[i] = level[firstWhole]!;
    for (let i = lastWhole + 1; i < frames; i++) level[i] = level[lastWhole]!;
    const silence = leadingSilence ? minimum(level) : Number.NEGATIVE_INFINITY;
    for (let i = 0; i < frames; i++) {
      const last = i - lag;
      let loudest = last - past < 0 ? silence : Number.NEGATIVE_INFINITY;
      for (let j = Math.max(0, last - past); j <= last; j++) if (level[j]! > loudest) loudest = level[j]!;
      if (loudest === Number.NEGATIVE_INFINITY) loudest = level[0]!;
      const rise = level[i]! - loudest - deadZoneDb;
      if (rise > 0) values[i]! += rise / bands.length;
    }
  }
  return { values, hopSeconds: hop / sampleRate, startSeconds: 0 };
}

/** Level of every band in every frame, dB re full-scale sine. */
function bandLevels(
  samples: Samples,
  sampleRate: number,
  length: number,
  hop: number,
  frames: number,
  bands: number,
  minimumHz: number,
  maximumHz: number,
): Float64Array[] {
  let size = 1;
  while (size < length) size *= 2;
  const plan = createRealFft(size);
  const window = createWindow("hann", length);
  const filters = bandFilters(size, sampleRate, bands, minimumHz, maximumHz);
  const levels = filters.map(() => new Float64Array(frames));
  const buffer = new Float64Array(size);
  const re = new Float64Array(plan.bins);
  const im = new Float64Array(plan.bins);
  const scale = (4 / length) ** 2;
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hop - (length >> 1);
    for (let i = 0; i < length; i++) {
      const at = start + i;
      buffer[i] = at >= 0 && at < samples.length ? samples[at]! * window[i]! : 0;
    }
    plan.forward(buffer, re, im);
    for (let b = 0; b < filters.length; b++) {
      const { first, weights } = filters[b]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        const x = re[first + k]!;
        const y = im[first + k]!;
        sum += weights[k]! * (x * x + y * y);
      }
      levels[b]![frame] = 10 * Math.log10(sum * scale + 1e-30);
    }
  }
  return levels;
}

interface BandFilter {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Triangles on a logarithmic axis; bands too narrow to own a bin are widened to the bins beside their centre. */
function bandFilters(size: number, sampleRate: number, bands: number, minimumHz: number, maximumHz: number): BandFilter[] {
  const top = Math.min(maximumHz, sampleRate / 2);
  const low = Math.min(minimumHz, top / 2);
  const ratio = (top / low) ** (1 / (bands + 1));
  const binHz = sampleRate / size;
  const filters: BandFilter[] = [];
  for (let b = 0; b < bands; b++) {
    const centre = low * ratio ** (b + 1);
    const width = Math.max(centre * (ratio - 1), binHz);
    const first = Math.max(1, Math.ceil((centre - width) / binHz));
    const last = Math.min(size / 2, Math.floor((centre + width) / binHz));
    if (last < first) continue;
    const weights = new Float64Array(last - first + 1);
    for (let k = first; k <= last; k++) weights[k - first] = Math.max(0, 1 - Math.abs(k * binHz - centre) / width);
    filters.push({ first, weights });
  }
  return filters;
}

function minimum(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < least) least = value;
  return least;
}
