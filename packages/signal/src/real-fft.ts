/** Transforms of real signals: half of the spectrum, and for an even length half of the work. */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkNumbers } from "./check.js";
import { type ComplexArray, createFft } from "./fft.js";

/** A prepared transform of real signals of one length; buffers are reused between calls. */
export interface RealFftPlan {
  /** Number of real points. */
  readonly size: number;
  /** Number of complex bins, floor(size/2) + 1. */
  readonly bins: number;
  /** Real signal (`size` values) → bins 0 … size/2. */
  forward(signal: ArrayLike<number>, re: Float64Array, im: Float64Array): void;
  /** Bins 0 … size/2 → real signal. The imaginary parts of DC and Nyquist are ignored. */
  inverse(re: ArrayLike<number>, im: ArrayLike<number>, signal: Float64Array): void;
}

/** The plan for real signals: an even length costs one complex transform of half the length. */
export function createRealFft(size: number): RealFftPlan {
  checkInteger("FFT size", size, 1);
  return size % 2 === 0 ? evenReal(size) : oddReal(size);
}

function evenReal(size: number): RealFftPlan {
  const half = size / 2;
  const plan = createFft(half);
  const a = new Float64Array(half);
  const b = new Float64Array(half);
  const cos = new Float64Array(half + 1);
  const sin = new Float64Array(half + 1);
  for (let k = 0; k <= half; k++) {
    cos[k] = Math.cos((2 * Math.PI * k) / size);
    sin[k] = -Math.sin((2 * Math.PI * k) / size);
  }
  return {
    size,
    bins: half + 1,
    forward(signal, re, im) {
      for (let i = 0; i < half; i++) {
        a[i] = signal[2 * i]!;
        b[i] = signal[2 * i + 1]!;
      }
      plan.forward(a, b);
      for (let k = 0; k <= half; k++) {
        const p = k === half ? 0 : k;
        const q = k === 0 ? 0 : half - k;
        const evenRe = (a[p]! + a[q]!) / 2;
        const evenIm = (b[p]! - b[q]!) / 2;
        const oddRe = (b[p]! + b[q]!) / 2;
        const oddIm = (a[q]! - a[p]!) / 2;
        re[k] = evenRe + oddRe * cos[k]! - oddIm * sin[k]!;
        im[k] = evenIm + oddRe * sin[k]! + oddIm * cos[k]!;
      }
    },
    inverse(re, im, signal) {
      for (let k = 0; k < half; k++) {
        const m = half - k;
        const kIm = k === 0 ? 0 : im[k]!;
        const mIm = k === 0 ? 0 : im[m]!;
        const evenRe = (re[k]! + re[m]!) / 2;
        const evenIm = (kIm - mIm) / 2;
        const differenceRe = (re[k]! - re[m]!) / 2;
        const differenceIm = (kIm + mIm) / 2;
        const oddRe = differenceRe * cos[k]! + differenceIm * sin[k]!;
        const oddIm = differenceIm * cos[k]! - differenceRe * sin[k]!;
        a[k] = evenRe - oddIm;
        b[k] = evenIm + oddRe;
      }
      plan.inverse(a, b);
      for (let i = 0; i < half; i++) {
        signal[2 * i] = a[i]!;
        signal[2 * i + 1] = b[i]!;
      }
    },
  };
}

function oddReal(size: number): RealFftPlan {
  const plan = createFft(size);
  const bins = (size + 1) / 2;
  const a = new Float64Array(size);
  const b = new Float64Array(size);
  return {
    size,
    bins,
    forward(signal, re, im) {
      for (let i = 0; i < size; i++) a[i] = signal[i]!;
      b.fill(0);
      plan.forward(a, b);
      for (let k = 0; k < bins; k++) {
        re[k] = a[k]!;
        im[k] = b[k]!;
      }
    },
    inverse(re, im, signal) {
      a[0] = re[0]!;
      b[0] = 0;
      for (let k = 1; k < bins; k++) {
        a[k] = a[size - k] = re[k]!;
        b[k] = im[k]!;
        b[size - k] = -im[k]!;
      }
      plan.inverse(a, b);
      for (let i = 0; i < size; i++) signal[i] = a[i]!;
    },
  };
}

/**
 * Transform of a real signal.
 *
 * @param signal - Real values.
 * @param size - Transform length; the signal is cut or zero-padded to it. Defaults to the signal's length.
 * @returns Bins 0 … floor(size/2).
 */
export function rfft(signal: ArrayLike<number>, size?: number): ComplexArray {
  checkNumbers("signal", signal);
  const length = size ?? signal.length;
  const plan = createRealFft(length);
  const padded = new Float64Array(length);
  for (let i = 0; i < Math.min(length, signal.length); i++) padded[i] = signal[i]!;
  const re = new Float64Array(plan.bins);
  const im = new Float64Array(plan.bins);
  plan.forward(padded, re, im);
  return { re, im };
}

/**
 * Inverse of {@link rfft}.
 *
 * @param size - Length of the real signal; defaults to 2·(bins − 1), so an odd length must be given.
 */
export function irfft(re: ArrayLike<number>, im: ArrayLike<number>, size?: number): Float64Array {
  checkNumbers("re", re);
  checkNumbers("im", im);
  const length = size ?? 2 * (re.length - 1);
  const plan = createRealFft(length);
  if (re.length !== plan.bins || im.length !== plan.bins) {
    const what = `irfft got ${re.length} real and ${im.length} imaginary parts; a signal of ${length} needs ${plan.bins}.`;
    throw new FoleyError("shape-mismatch", what, { hint: "Pass the size of the original signal as third argument." });
  }
  const signal = new Float64Array(length);
  plan.inverse(re, im, signal);
  return signal;
}
