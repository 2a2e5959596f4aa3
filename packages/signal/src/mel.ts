/**
 * Mel filterbanks and log-mel front-ends. Scales: O'Shaughnessy's 2595·log10(1 + f/700), as HTK and Kaldi have it, and
 * Slaney's (Auditory Toolbox, 1998), linear below 1 kHz.
 */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkOptions, checkPositive, checkRange, type Samples } from "./check.js";
import { forEachSpectrum, type SpectrogramOptions } from "./stft.js";

/** Mel scale. */
export type MelScale = "htk" | "slaney";

/** Hz → mel. */
export function hertzToMel(hertz: number, scale: MelScale = DEFAULT_MEL_SCALE): number {
  if (scale === "htk") return 2595 * Math.log10(1 + hertz / 700);
  return hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 * Math.log(hertz / 1000)) / Math.log(6.4);
}

/** Mel → Hz. */
export function melToHertz(mel: number, scale: MelScale = DEFAULT_MEL_SCALE): number {
  if (scale === "htk") return 700 * (10 ** (mel / 2595) - 1);
  return mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp((Math.log(6.4) * (mel - 15)) / 27);
}

/** Options of {@link melFilterbank}. */
export interface MelFilterbankOptions {
  /** Hz of the samples. */
  readonly sampleRate: number;
  /** Points of the transform. */
  readonly fftSize: number;
  /** Number of bands. Default {@link DEFAULT_MEL_BANDS}. */
  readonly bands?: number;
  /** Lower edge of the first band, Hz. Default 0. */
  readonly minimumHz?: number;
  /** Upper edge of the last band, Hz. Default half the sample rate. */
  readonly maximumHz?: number;
  /** Default {@link DEFAULT_MEL_SCALE}. */
  readonly scale?: MelScale;
  /** `"slaney"` gives every triangle the area 1 (over Hz), `"none"` the height 1. Default {@link DEFAULT_MEL_NORM}. */
  readonly norm?: "slaney" | "none";
  /** Axis on which the flanks are straight: `"hertz"` (librosa, torchaudio) or `"mel"` (Kaldi, VGGish). Default `"hertz"`. */
  readonly triangles?: "hertz" | "mel";
}

/** 128 bands. */
export const DEFAULT_MEL_BANDS = 128;
/** Slaney's scale. */
export const DEFAULT_MEL_SCALE: MelScale = "slaney";
/** Slaney's norm. */
export const DEFAULT_MEL_NORM = "slaney";

/** Triangular filters, stored without their zeros. */
export interface MelFilterbank {
  /** Number of filters. */
  readonly bands: number;
  /** Bins of a spectrum, fftSize/2 + 1. */
  readonly bins: number;
  /** Weights [bands × bins], zeros included. */
  dense(): Float64Array;
  /** One spectrum (`bins` values from `offset` on) → `bands` values at `outOffset` of `out`. */
  apply(spectrum: ArrayLike<number>, offset: number, out: Float64Array, outOffset: number): void;
}

/**
 * Builds a mel filterbank.
 *
 * @throws FoleyError `invalid-argument` when the edges do not lie in 0 … sampleRate/2 in rising order, or a count is no positive integer.
 */
export function melFilterbank(options: MelFilterbankOptions): MelFilterbank {
  checkOptions(options, "{ sampleRate: 24000, fftSize: 1024 }");
  const { sampleRate, fftSize, bands = DEFAULT_MEL_BANDS, minimumHz = 0, maximumHz = sampleRate / 2 } = options;
  const { scale = DEFAULT_MEL_SCALE, norm = DEFAULT_MEL_NORM, triangles = "hertz" } = options;
  checkPositive("sampleRate", sampleRate);
  checkInteger("fftSize", fftSize, 2);
  checkInteger("bands", bands, 1);
  checkRange("maximumHz", maximumHz, 0, sampleRate / 2);
  if (!(minimumHz >= 0 && minimumHz < maximumHz)) {
    const what = `minimumHz is ${minimumHz}, maximumHz ${maximumHz}; expected 0 ≤ minimumHz < maximumHz.`;
    throw new FoleyError("invalid-argument", what, { hint: "Swap or correct the edges." });
  }
  const bins = (fftSize >> 1) + 1;
  const low = hertzToMel(minimumHz, scale);
  const step = (hertzToMel(maximumHz, scale) - low) / (bands + 1);
  const edge = (index: number) => (triangles === "mel" ? low + index * step : melToHertz(low + index * step, scale));
  const firsts = new Int32Array(bands);
  const filters: Float64Array[] = [];
  for (let b = 0; b < bands; b++) {
    const left = edge(b);
    const centre = edge(b + 1);
    const right = edge(b + 2);
    const area = norm === "slaney" ? 2 / (melToHertz(low + (b + 2) * step, scale) - melToHertz(low + b * step, scale)) : 1;
    const weights: number[] = [];
    for (let k = 0; k < bins; k++) {
      const hertz = (k * sampleRate) / fftSize;
      const at = triangles === "mel" ? hertzToMel(hertz, scale) : hertz;
      const weight = Math.min((at - left) / (centre - left), (right - at) / (right - centre)) * area;
      if (weight > 0) {
        if (weights.length === 0) firsts[b] = k;
        weights.push(weight);
      } else if (weights.length > 0) break;
    }
    filters.push(Float64Array.from(weights));
  }
  return {
    bands,
    bins,
    dense() {
      const out = new Float64Array(bands * bins);
      for (const [b, weights] of filters.entries()) out.set(weights, b * bins + firsts[b]!);
      return out;
    },
    apply(spectrum, offset, out, outOffset) {
      for (let b = 0; b < bands; b++) {
        const weights = filters[b]!;
        const start = offset + firsts[b]!;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * spectrum[start + i]!;
        out[outOffset + b] = sum;
      }
    },
  };
}

/** Options of {@link melSpectrogram}: framing, filters, logarithm. */
export interface MelSpectrogramOptions extends SpectrogramOptions, Omit<MelFilterbankOptions, "fftSize"> {
  /** Points of the transform. */
  readonly fftSize: number;
  /** `"natural"`: ln; `"decibel"`: 10·log10; `"none"`. Default {@link DEFAULT_MEL_LOGARITHM}. */
  readonly logarithm?: "natural" | "decibel" | "none";
  /** Added before the logarithm. Default 0. */
  readonly logOffset?: number;
  /** Values below are raised to it before the logarithm. Default {@link DEFAULT_MEL_FLOOR}. */
  readonly logFloor?: number;
}

/** Natural logarithm. */
export const DEFAULT_MEL_LOGARITHM = "natural";
/** 1e-10. */
export const DEFAULT_MEL_FLOOR = 1e-10;

/** Mel bands, frame after frame. */
export interface MelSpectrogram {
  /** Number of frames. */
  readonly frames: number;
  /** Number of bands. */
  readonly bands: number;
  /** Values [frames × bands]. */
  readonly values: Float64Array;
}

/**
 * Log-mel spectrogram of one channel; general enough for the front-ends of VGGish, PANNs, PaSST, CLAP, Synchformer and
 * Kaldi-style networks.
 *
 * @throws FoleyError `invalid-argument` as {@link melFilterbank} and `stft`.
 * @example
 * ```ts
 * const { frames, values } = melSpectrogram(samples, { sampleRate: 16000, fftSize: 512, hop: 160, bands: 64, logarithm: "decibel" });
 * ```
 */
export function melSpectrogram(samples: Samples, options: MelSpectrogramOptions): MelSpectrogram {
  checkOptions(options, "{ sampleRate: 24000, fftSize: 1024 }");
  const { logarithm = DEFAULT_MEL_LOGARITHM, logOffset = 0, logFloor = DEFAULT_MEL_FLOOR } = options;
  const bank = melFilterbank(options);
  let values: Float64Array = new Float64Array(0);
  const { frames } = forEachSpectrum(samples, options, (frame, count, spectrum) => {
    if (frame === 0) values = new Float64Array(count * bank.bands);
    bank.apply(spectrum, 0, values, frame * bank.bands);
  });
  if (logarithm !== "none") {
    const factor = logarithm === "natural" ? 1 : 10 / Math.LN10;
    for (let i = 0; i < values.length; i++) values[i] = factor * Math.log(Math.max(values[i]! + logOffset, logFloor));
  }
  return { frames, bands: bank.bands, values };
}
