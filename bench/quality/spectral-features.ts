/**
 * What an impact sounds like, in a handful of numbers that need no learned network: where its energy lies, how noisy it
 * is, which modes ring and how fast each dies. Damping is what tells materials apart by ear (Wildes & Richards,
 * "Recovering material properties from sound", 1988; Klatzky, Pai & Krotkov, "Perception of material from contact
 * sounds", Presence 9, 2000): a mode at f Hz that decays as exp(−d·t) has the loss factor d/(π·f), nearly a constant
 * of the material.
 */
import { createRealFft, detectOnsets, type Samples } from "@foley-control/signal";
import { decayRate, toneEnvelope } from "./mode-decay.js";

/** Options of {@link spectralFeatures}; each default is an exported constant. */
interface SpectralFeatureOptions {
  /** Onset times in seconds. Default: those that `detectOnsets` finds, or the loudest moment when it finds none. */
  readonly onsets?: readonly number[];
  /** Longest stretch after an onset that is looked at, seconds; the next onset ends it earlier. Default {@link DEFAULT_FEATURE_SEGMENT_SECONDS}. */
  readonly segmentSeconds?: number;
  /** Stretch after an onset whose spectrum is taken, seconds. Default {@link DEFAULT_FEATURE_SPECTRUM_SECONDS}. */
  readonly spectrumSeconds?: number;
  /** Number of modes looked for. Default {@link DEFAULT_FEATURE_MODES}. */
  readonly modes?: number;
  /** Share of the energy below the roll-off. Default {@link DEFAULT_FEATURE_ROLLOFF}. */
  readonly rolloff?: number;
}

/** 0.6 s. */
const DEFAULT_FEATURE_SEGMENT_SECONDS = 0.6;
/** 80 ms. */
const DEFAULT_FEATURE_SPECTRUM_SECONDS = 0.08;
/** 5 modes. */
const DEFAULT_FEATURE_MODES = 5;
/** 85 %. */
const DEFAULT_FEATURE_ROLLOFF = 0.85;
/** Least distance between two modes, Hz. */
const FEATURE_MODE_SPACING_HZ = 60;
/** Modes weaker than the strongest by more than this are not counted, dB. */
const FEATURE_MODE_RANGE_DB = 30;
/** Share of the power after an onset that must be new for the onset to count. */
const FEATURE_LEAST_RISE = 0.05;
/** Lowest frequency looked at, Hz. */
const FEATURE_MINIMUM_HZ = 40;

/** One ringing mode. */
interface RingingMode {
  /** Hz. */
  readonly frequency: number;
  /** Level below the strongest mode, dB (0 or negative). */
  readonly level: number;
  /** Decay d of exp(−d·t), 1/s; `NaN` when it could not be fitted. */
  readonly decayRate: number;
}

/** Features of one onset, or the level-weighted mean over the onsets of a clip (logarithmic quantities in the logarithm). */
export interface SpectralFeatures {
  /** Seconds; of the loudest onset in a summary. */
  readonly time: number;
  /** Centre of gravity of the power spectrum, Hz. */
  readonly centroid: number;
  /** Standard deviation of the power spectrum around it, Hz. */
  readonly spread: number;
  /** Frequency below which 85 % of the power lies, Hz. */
  readonly rolloff: number;
  /** Geometric over arithmetic mean of the power spectrum, 0 (tones) to 1 (white noise). */
  readonly flatness: number;
  /** Time in which the whole sound falls by 60 dB, seconds, from a straight line through its level. */
  readonly decaySeconds: number;
  /** Median over the modes of decayRate/(π·frequency). */
  readonly lossFactor: number;
  /** Frequency of the strongest mode, Hz. */
  readonly dominantFrequency: number;
  /** Ratio of the highest to the lowest mode found, at least 1. */
  readonly modeSpan: number;
  /** Share of the power above 2 kHz. */
  readonly brightness: number;
  /** Time from the onset to the highest 2 ms RMS, seconds. */
  readonly attackSeconds: number;
  /** The modes, strongest first; of the loudest onset in a summary. */
  readonly modes: readonly RingingMode[];
}

/** Features of a clip. */
interface ClipFeatures {
  /** Level-weighted mean; `undefined` for silence. */
  readonly summary: SpectralFeatures | undefined;
  /** One entry per onset that brings new sound and is not followed by another within 25 ms. */
  readonly onsets: readonly SpectralFeatures[];
}

/**
 * Analyses the impacts of a clip.
 *
 * @param samples - One channel.
 * @param sampleRate - Hz.
 * @throws FoleyError `invalid-argument` for a bad rate or a sample that is not finite.
 */
export function spectralFeatures(samples: Samples, sampleRate: number, options: SpectralFeatureOptions = {}): ClipFeatures {
  const { segmentSeconds = DEFAULT_FEATURE_SEGMENT_SECONDS } = options;
  const given = options.onsets ?? detectOnsets(samples, sampleRate).times;
  const times = given.length > 0 ? [...given].sort((a, b) => a - b) : [loudestMoment(samples, sampleRate)];
  const onsets: SpectralFeatures[] = [];
  const weights: number[] = [];
  times.forEach((time, index) => {
    const end = Math.min(
      samples.length,
      Math.round(Math.min(time + segmentSeconds, (times[index + 1] ?? Number.POSITIVE_INFINITY) - 0.005) * sampleRate),
    );
    const start = Math.max(0, Math.round(time * sampleRate));
    if (end - start < 0.02 * sampleRate) return;
    const features = analyse(samples, sampleRate, start, end, options);
    if (!features) return;
    onsets.push(features);
    let energy = 0;
    for (let i = start; i < Math.min(end, start + 0.05 * sampleRate); i++) energy += samples[i]! ** 2;
    // Longer undisturbed stretches say more about decay.
    weights.push(Math.sqrt(energy) * Math.min(1, (end - start) / (0.3 * sampleRate)));
  });
  return { onsets, summary: summarise(onsets, weights) };
}

/** Names of the entries of {@link spectralFeatureVector}, in order. */
export const SPECTRAL_FEATURE_NAMES = [
  "log centroid",
  "log spread",
  "log rolloff",
  "log flatness",
  "log decay",
  "log loss factor",
  "log dominant frequency",
  "log mode span",
  "brightness",
  "log attack",
] as const;

/** Features as numbers for a classifier: {@link SPECTRAL_FEATURE_NAMES}, natural logarithms; `NaN` where unknown. */
export function spectralFeatureVector(features: SpectralFeatures): number[] {
  const f = features;
  return [
    Math.log(f.centroid),
    Math.log(f.spread + 1),
    Math.log(f.rolloff),
    Math.log(f.flatness + 1e-9),
    Math.log(f.decaySeconds),
    Math.log(f.lossFactor),
    Math.log(f.dominantFrequency),
    Math.log(f.modeSpan),
    f.brightness,
    Math.log(f.attackSeconds + 1e-3),
  ];
}

function analyse(
  samples: Samples,
  sampleRate: number,
  start: number,
  end: number,
  options: SpectralFeatureOptions,
): SpectralFeatures | undefined {
  const {
    spectrumSeconds = DEFAULT_FEATURE_SPECTRUM_SECONDS,
    modes: wanted = DEFAULT_FEATURE_MODES,
    rolloff = DEFAULT_FEATURE_ROLLOFF,
  } = options;
  const length = Math.min(end - start, Math.round(spectrumSeconds * sampleRate));
  let size = 1024;
  while (size < 2 * length) size *= 2;
  const power = decayingSpectrum(samples, start, length, size);
  const before = decayingSpectrum(samples, start - length - Math.round(0.003 * sampleRate), length, size);
  const binHz = sampleRate / size;
  const first = Math.ceil(FEATURE_MINIMUM_HZ / binHz);
  const last = Math.floor(power.length * 0.95);
  let total = 0;
  let whole = 0;
  for (let k = 0; k < power.length; k++) {
    whole += power[k]!;
    power[k] = k < first || k > last ? 0 : Math.max(0, power[k]! - before[k]!);
    total += power[k]!;
  }
  if (!(total > 1e-12 && total > FEATURE_LEAST_RISE * whole)) return undefined;

  let centroid = 0;
  for (let k = first; k <= last; k++) centroid += (k * binHz * power[k]!) / total;
  let variance = 0;
  let bright = 0;
  let logarithms = 0;
  let rolloffBin = last;
  let sum = 0;
  const floor = (total / (last - first + 1)) * 1e-6;
  for (let k = first; k <= last; k++) {
    variance += ((k * binHz - centroid) ** 2 * power[k]!) / total;
    if (k * binHz > 2000) bright += power[k]! / total;
    logarithms += Math.log(power[k]! + floor);
    if (sum < rolloff * total) rolloffBin = k;
    sum += power[k]!;
  }
  const modes = strongestPeaks(power, first, last, binHz, wanted).map(({ frequency, level }) => ({
    frequency,
    level,
    decayRate: decayRate(toneEnvelope(samples, sampleRate, start, end, frequency)),
  }));
  const losses = modes.map((mode) => mode.decayRate / (Math.PI * mode.frequency)).filter((loss) => loss > 0);
  const frequencies = modes.map((mode) => mode.frequency);
  const wholeDecay = decayRate(toneEnvelope(samples, sampleRate, start, end, undefined));
  return {
    time: start / sampleRate,
    centroid,
    spread: Math.sqrt(variance),
    rolloff: rolloffBin * binHz,
    flatness: Math.exp(logarithms / (last - first + 1)) / (total / (last - first + 1)),
    decaySeconds: wholeDecay > 0 ? Math.log(1000) / wholeDecay : Number.NaN,
    lossFactor: median(losses),
    dominantFrequency: modes[0]?.frequency ?? centroid,
    modeSpan: frequencies.length > 0 ? Math.max(...frequencies) / Math.min(...frequencies) : 1,
    brightness: bright,
    attackSeconds: attack(samples, sampleRate, start, length),
    modes,
  };
}

/** Power spectrum under half a Hann window that starts at its top, so that the attack keeps its weight. */
function decayingSpectrum(samples: Samples, start: number, length: number, size: number): Float64Array {
  const plan = createRealFft(size);
  const buffer = new Float64Array(size);
  for (let i = 0; i < length; i++) buffer[i] = (samples[start + i] ?? 0) * (0.5 + 0.5 * Math.cos((Math.PI * i) / length));
  const re = new Float64Array(plan.bins);
  const im = new Float64Array(plan.bins);
  plan.forward(buffer, re, im);
  return re.map((x, k) => x * x + im[k]! * im[k]!);
}

function strongestPeaks(
  power: Float64Array,
  first: number,
  last: number,
  binHz: number,
  wanted: number,
): { frequency: number; level: number }[] {
  const candidates: number[] = [];
  let strongest = 0;
  for (let k = Math.max(1, first); k < Math.min(last, power.length - 1); k++) {
    if (power[k]! > power[k - 1]! && power[k]! >= power[k + 1]!) candidates.push(k);
    strongest = Math.max(strongest, power[k]!);
  }
  candidates.sort((a, b) => power[b]! - power[a]! || a - b);
  const peaks: { frequency: number; level: number }[] = [];
  for (const k of candidates) {
    const level = 10 * Math.log10(power[k]! / strongest);
    if (peaks.length === wanted || level < -FEATURE_MODE_RANGE_DB) break;
    // Parabola through the logarithms of three bins.
    const [a, b, c] = [k - 1, k, k + 1].map((i) => Math.log(power[i]! + strongest * 1e-12)) as [number, number, number];
    const frequency = (k + (0.5 * (a - c)) / (a - 2 * b + c - 1e-12)) * binHz;
    if (peaks.every((peak) => Math.abs(peak.frequency - frequency) >= FEATURE_MODE_SPACING_HZ)) peaks.push({ frequency, level });
  }
  return peaks;
}

function attack(samples: Samples, sampleRate: number, start: number, length: number): number {
  const block = Math.max(1, Math.round(0.002 * sampleRate));
  let sum = 0;
  let highest = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    sum += samples[start + i]! ** 2;
    if (i >= block) sum -= samples[start + i - block]! ** 2;
    if (sum > highest) {
      highest = sum;
      at = i;
    }
  }
  return at / sampleRate;
}

function loudestMoment(samples: Samples, sampleRate: number): number {
  let at = 0;
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i]!) > Math.abs(samples[at]!)) at = i;
  return at / sampleRate;
}

function summarise(onsets: readonly SpectralFeatures[], weights: readonly number[]): SpectralFeatures | undefined {
  const loudest = onsets[weights.indexOf(Math.max(...weights))];
  if (!loudest) return undefined;
  const mean = (value: (features: SpectralFeatures) => number): number => {
    let sum = 0;
    let weight = 0;
    onsets.forEach((features, index) => {
      const x = value(features);
      if (!Number.isFinite(x)) return;
      sum += x * weights[index]!;
      weight += weights[index]!;
    });
    return weight > 0 ? sum / weight : Number.NaN;
  };
  const geometric = (value: (features: SpectralFeatures) => number) => Math.exp(mean((features) => Math.log(value(features))));
  return {
    time: loudest.time,
    centroid: geometric((f) => f.centroid),
    spread: geometric((f) => f.spread),
    rolloff: geometric((f) => f.rolloff),
    flatness: geometric((f) => f.flatness),
    decaySeconds: geometric((f) => f.decaySeconds),
    lossFactor: geometric((f) => f.lossFactor),
    dominantFrequency: geometric((f) => f.dominantFrequency),
    modeSpan: geometric((f) => f.modeSpan),
    brightness: mean((f) => f.brightness),
    attackSeconds: mean((f) => f.attackSeconds),
    modes: loudest.modes,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
