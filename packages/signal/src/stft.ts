/**
 * Short-time Fourier transform and its inverse by weighted overlap-add (Griffin & Lim, 1984). The options cover the
 * framing of the common front-ends: centred with reflection, uncentred, and short windows at the start of a longer
 * transform.
 */
import { FoleyError, shown } from "@foley-control/core";
import { checkInteger, checkOptions, checkSamples, type Samples } from "./check.js";
import { createRealFft } from "./real-fft.js";
import { createWindow, type WindowName } from "./windows.js";

/** Options shared by {@link stft}, {@link istft} and {@link spectrogram}. */
export interface StftOptions {
  /** Points of the transform. Default {@link DEFAULT_STFT_SIZE}. */
  readonly fftSize?: number;
  /** Samples between frames. Default a quarter of the window. */
  readonly hop?: number;
  /** Samples under the window, at most `fftSize`. Default `fftSize`. */
  readonly windowLength?: number;
  /** Window shape, or its `windowLength` values. Default {@link DEFAULT_STFT_WINDOW}. */
  readonly window?: WindowName | ArrayLike<number>;
  /** Periodic or symmetric window. Default `true`, periodic. */
  readonly periodic?: boolean;
  /**
   * `"reflect"` and `"zero"` put frame i on sample i·hop by padding fftSize/2 on both sides; `"none"` starts frame i at
   * sample i·hop and drops an incomplete last frame. Default {@link DEFAULT_STFT_PADDING}.
   */
  readonly padding?: "reflect" | "zero" | "none";
  /**
   * Where a window shorter than the transform lies: `"centre"` (zeros on both sides) or `"start"` (zeros after; only
   * with `padding: "none"`, whose frames then count by the window, not by the transform). Default `"centre"`.
   */
  readonly windowPlacement?: "centre" | "start";
}

/** Options of {@link spectrogram}. */
export interface SpectrogramOptions extends StftOptions {
  /** 1 for magnitude, 2 for power. Default 2. */
  readonly power?: 1 | 2;
  /** Subtract the mean of each frame before the window, as Kaldi does. Default `false`. */
  readonly removeFrameMean?: boolean;
  /** x[i] − c·x[i−1] inside each frame, first sample against itself, as Kaldi does. Default 0, none. */
  readonly framePreemphasis?: number;
}

/** 1024 points. */
export const DEFAULT_STFT_SIZE = 1024;
/** Hann. */
export const DEFAULT_STFT_WINDOW = "hann";
/** Centred frames over a reflected signal. */
export const DEFAULT_STFT_PADDING = "reflect";

/** Complex spectra, frame after frame. */
export interface Spectra {
  /** Number of frames. */
  readonly frames: number;
  /** Bins per frame, fftSize/2 + 1. */
  readonly bins: number;
  /** Real parts [frames × bins]. */
  readonly re: Float64Array;
  /** Imaginary parts [frames × bins]. */
  readonly im: Float64Array;
}

/** Magnitudes or powers, frame after frame. */
export interface Spectrogram {
  /** Number of frames. */
  readonly frames: number;
  /** Bins per frame, fftSize/2 + 1. */
  readonly bins: number;
  /** Values [frames × bins]. */
  readonly values: Float64Array;
}

interface Framing {
  readonly size: number;
  readonly hop: number;
  readonly length: number;
  readonly window: Float64Array;
  /** Offset of the window inside the transform. */
  readonly offset: number;
  /** Samples before the signal at which frame 0 of the transform starts. */
  readonly pad: number;
  readonly reflect: boolean;
  frames(samples: number): number;
}

function framing(options: StftOptions): Framing {
  checkOptions(options, "{ fftSize: 1024 }");
  const { fftSize = DEFAULT_STFT_SIZE, padding = DEFAULT_STFT_PADDING, windowPlacement = "centre", periodic = true } = options;
  checkInteger("fftSize", fftSize, 2);
  const { windowLength = fftSize } = options;
  checkInteger("windowLength", windowLength, 1);
  const { hop = Math.max(1, Math.floor(windowLength / 4)), window = DEFAULT_STFT_WINDOW } = options;
  checkInteger("hop", hop, 1);
  const values = typeof window === "string" ? createWindow(window, windowLength, { periodic }) : Float64Array.from(window);
  if (windowLength > fftSize || values.length !== windowLength) {
    const what = `windowLength is ${windowLength}, the window has ${values.length} values, fftSize is ${fftSize}.`;
    throw new FoleyError("invalid-argument", what, {
      hint: "Pass as many window values as windowLength says, at most fftSize.",
    });
  }
  if (windowPlacement === "start" && padding !== "none") {
    throw new FoleyError("invalid-argument", `windowPlacement "start" was given with padding "${padding}".`, {
      hint: 'Use padding "none".',
    });
  }
  const pad = padding === "none" ? 0 : fftSize >> 1;
  const span = windowPlacement === "start" ? windowLength : fftSize;
  return {
    size: fftSize,
    hop,
    length: windowLength,
    window: values,
    offset: windowPlacement === "start" ? 0 : (fftSize - windowLength) >> 1,
    pad,
    reflect: padding === "reflect",
    frames: (samples) => Math.max(0, Math.floor((samples + 2 * pad - span) / hop) + 1),
  };
}

function forEachFrame(
  samples: Samples,
  options: SpectrogramOptions,
  visit: (frame: number, frames: number, re: Float64Array, im: Float64Array) => void,
): { frames: number; bins: number } {
  checkSamples("samples", samples, "the options");
  const f = framing(options);
  const { removeFrameMean = false, framePreemphasis = 0 } = options;
  const plan = createRealFft(f.size);
  const frames = f.frames(samples.length);
  if (f.reflect && samples.length <= f.pad) {
    throw new FoleyError("invalid-argument", `${samples.length} samples cannot be reflected by ${f.pad}.`, {
      hint: 'Pass a longer signal, a shorter fftSize, or padding "zero".',
    });
  }
  const buffer = new Float64Array(f.size);
  const { length, window } = f;
  /** The part of the buffer that is under the window. */
  const under = buffer.subarray(f.offset, f.offset + length);
  const re = new Float64Array(plan.bins);
  const im = new Float64Array(plan.bins);
  const last = samples.length - 1;
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * f.hop - f.pad + f.offset;
    if (start >= 0 && start + length <= samples.length) {
      for (let i = 0; i < length; i++) under[i] = samples[start + i]!;
    } else {
      for (let i = 0; i < length; i++) {
        let at = start + i;
        if (f.reflect) {
          if (at < 0) at = -at;
          if (at > last) at = 2 * last - at;
        }
        under[i] = at >= 0 && at <= last ? samples[at]! : 0;
      }
    }
    if (removeFrameMean) {
      let mean = 0;
      for (let i = 0; i < length; i++) mean += under[i]! / length;
      for (let i = 0; i < length; i++) under[i]! -= mean;
    }
    if (framePreemphasis !== 0) {
      for (let i = length - 1; i > 0; i--) under[i]! -= framePreemphasis * under[i - 1]!;
      under[0]! *= 1 - framePreemphasis;
    }
    for (let i = 0; i < length; i++) under[i]! *= window[i]!;
    plan.forward(buffer, re, im);
    visit(frame, frames, re, im);
  }
  return { frames, bins: plan.bins };
}

/**
 * Short-time Fourier transform of one channel.
 *
 * @throws FoleyError `invalid-argument` for options that contradict each other, or a signal too short to be reflected.
 */
export function stft(samples: Samples, options: StftOptions = {}): Spectra {
  let allRe: Float64Array = new Float64Array(0);
  let allIm: Float64Array = new Float64Array(0);
  const { frames, bins } = forEachFrame(samples, options, (frame, count, re, im) => {
    if (frame === 0) {
      allRe = new Float64Array(count * re.length);
      allIm = new Float64Array(count * re.length);
    }
    allRe.set(re, frame * re.length);
    allIm.set(im, frame * re.length);
  });
  return { frames, bins, re: allRe, im: allIm };
}

/**
 * Inverse of {@link stft} with the same options: each frame is windowed again and the sum is divided by the sum of
 * squared windows, which is least-squares for modified spectra and exact for unmodified ones.
 *
 * @param spectra - Frames of the transform.
 * @param length - Samples wanted.
 * @throws FoleyError `shape-mismatch` when the number of bins does not fit `fftSize`.
 */
export function istft(spectra: Spectra, length: number, options: StftOptions = {}): Float64Array {
  const f = framing(options);
  const plan = createRealFft(f.size);
  checkSpectra(spectra);
  checkInteger("length", length, 0);
  if (spectra.bins !== plan.bins) {
    throw new FoleyError("shape-mismatch", `istft got ${shown(spectra.bins)} bins; fftSize ${f.size} has ${plan.bins}.`, {
      hint: "Pass the options that the spectra were made with.",
    });
  }
  const out = new Float64Array(length);
  const weight = new Float64Array(length);
  const frame = new Float64Array(f.size);
  for (let index = 0; index < spectra.frames; index++) {
    const row = index * spectra.bins;
    plan.inverse(spectra.re.subarray(row, row + spectra.bins), spectra.im.subarray(row, row + spectra.bins), frame);
    const start = index * f.hop - f.pad + f.offset;
    for (let i = 0; i < f.length; i++) {
      const at = start + i;
      if (at < 0 || at >= length) continue;
      const w = f.window[i]!;
      out[at]! += frame[f.offset + i]! * w;
      weight[at]! += w * w;
    }
  }
  for (let i = 0; i < length; i++) if (weight[i]! > 1e-10) out[i]! /= weight[i]!;
  return out;
}

function checkSpectra(spectra: Spectra): void {
  const given: unknown = spectra;
  if (typeof given === "object" && given !== null && "bins" in given) return;
  throw new FoleyError("invalid-argument", `spectra is ${shown(given)}; expected what stft gave.`, {
    hint: "Pass the whole result of stft, then the length of the sound.",
  });
}

/**
 * Magnitude or power spectrogram of one channel.
 *
 * @throws FoleyError `invalid-argument` as {@link stft}.
 */
export function spectrogram(samples: Samples, options: SpectrogramOptions = {}): Spectrogram {
  let values: Float64Array = new Float64Array(0);
  const { frames, bins } = forEachSpectrum(samples, options, (frame, count, spectrum) => {
    if (frame === 0) values = new Float64Array(count * spectrum.length);
    values.set(spectrum, frame * spectrum.length);
  });
  return { frames, bins, values };
}

/**
 * Hands magnitudes or powers on, frame by frame, in an array that is used again: most front-ends keep a tenth of them.
 *
 * @throws FoleyError `invalid-argument` as {@link stft}.
 */
export function forEachSpectrum(
  samples: Samples,
  options: SpectrogramOptions,
  visit: (frame: number, frames: number, spectrum: Float64Array) => void,
): { frames: number; bins: number } {
  checkOptions(options, "{ power: 2 }");
  const { power = 2 } = options;
  let spectrum: Float64Array = new Float64Array(0);
  return forEachFrame(samples, options, (frame, count, re, im) => {
    if (frame === 0) spectrum = new Float64Array(re.length);
    for (let k = 0; k < re.length; k++) {
      const square = re[k]! * re[k]! + im[k]! * im[k]!;
      spectrum[k] = power === 2 ? square : Math.sqrt(square);
    }
    visit(frame, count, spectrum);
  });
}
