/**
 * Discrete Fourier transforms of any length in float64: iterative radix-2 (Cooley & Tukey, 1965) for powers of two,
 * Bluestein's chirp transform (1970) for every other length. Forward has no factor, inverse divides by the length.
 */
import { FoleyError } from "@foley-control/core";
import { checkInteger } from "./check.js";

/** A prepared transform of one length. Works in place on split real and imaginary parts. */
export interface FftPlan {
  /** Number of complex points. */
  readonly size: number;
  /** X[k] = Σ x[n]·exp(−2πi·kn/size), in place. */
  forward(re: Float64Array, im: Float64Array): void;
  /** x[n] = (1/size)·Σ X[k]·exp(2πi·kn/size), in place. */
  inverse(re: Float64Array, im: Float64Array): void;
}

/** Complex values as split parts. */
export interface ComplexArray {
  /** Real parts. */
  readonly re: Float64Array;
  /** Imaginary parts. */
  readonly im: Float64Array;
}

const MAX_CACHED_PLANS = 32;
const plans = new Map<number, FftPlan>();

/**
 * The plan for a length; plans are cached (the 32 most recent lengths).
 *
 * @param size - Number of complex points, an integer of at least 1.
 * @throws FoleyError `invalid-argument` for any other size.
 */
export function createFft(size: number): FftPlan {
  const cached = plans.get(size);
  if (cached) return cached;
  checkInteger("FFT size", size, 1);
  const transform = (size & (size - 1)) === 0 ? radix2(size) : bluestein(size);
  const plan: FftPlan = {
    size,
    forward(re, im) {
      checkLength(re, im, size);
      transform(re, im);
    },
    inverse(re, im) {
      checkLength(re, im, size);
      // Swapping the parts conjugates input and output (up to a factor i that cancels).
      transform(im, re);
      for (let i = 0; i < size; i++) {
        re[i]! /= size;
        im[i]! /= size;
      }
    },
  };
  const oldest = plans.keys().next();
  if (plans.size >= MAX_CACHED_PLANS && !oldest.done) plans.delete(oldest.value);
  plans.set(size, plan);
  return plan;
}

type Transform = (re: Float64Array, im: Float64Array) => void;

function radix2(size: number): Transform {
  const cos = new Float64Array(size >> 1);
  const sin = new Float64Array(size >> 1);
  for (let i = 0; i < size >> 1; i++) {
    cos[i] = Math.cos((2 * Math.PI * i) / size);
    sin[i] = -Math.sin((2 * Math.PI * i) / size);
  }
  const reversed = new Uint32Array(size);
  for (let i = 1; i < size; i++) reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  return (re, im) => {
    for (let i = 0; i < size; i++) {
      const j = reversed[i]!;
      if (j > i) {
        const a = re[i]!;
        re[i] = re[j]!;
        re[j] = a;
        const b = im[i]!;
        im[i] = im[j]!;
        im[j] = b;
      }
    }
    for (let i = 0; i + 1 < size; i += 2) {
      const a = re[i + 1]!;
      const b = im[i + 1]!;
      re[i + 1] = re[i]! - a;
      im[i + 1] = im[i]! - b;
      re[i]! += a;
      im[i]! += b;
    }
    // Two rounds at a time, so that every point is loaded and stored half as often; sums and products are those of single rounds.
    let half = 2;
    for (; half << 1 < size; half <<= 2) {
      const step = size / (half << 1);
      for (let start = 0; start < size; start += half << 2) {
        for (let k = 0, t = 0; k < half; k++, t += step) {
          const p = start + k;
          const q = p + half;
          const r = q + half;
          const u = r + half;
          const near = t >> 1;
          const far = near + (size >> 2);
          let c = cos[t]!;
          let s = sin[t]!;
          let a = re[q]! * c - im[q]! * s;
          let b = re[q]! * s + im[q]! * c;
          const qRe = re[p]! - a;
          const qIm = im[p]! - b;
          const pRe = re[p]! + a;
          const pIm = im[p]! + b;
          a = re[u]! * c - im[u]! * s;
          b = re[u]! * s + im[u]! * c;
          const uRe = re[r]! - a;
          const uIm = im[r]! - b;
          const rRe = re[r]! + a;
          const rIm = im[r]! + b;
          c = cos[near]!;
          s = sin[near]!;
          a = rRe * c - rIm * s;
          b = rRe * s + rIm * c;
          re[p] = pRe + a;
          im[p] = pIm + b;
          re[r] = pRe - a;
          im[r] = pIm - b;
          c = cos[far]!;
          s = sin[far]!;
          a = uRe * c - uIm * s;
          b = uRe * s + uIm * c;
          re[q] = qRe + a;
          im[q] = qIm + b;
          re[u] = qRe - a;
          im[u] = qIm - b;
        }
      }
    }
    if (half < size) {
      for (let p = 0; p < half; p++) {
        const q = p + half;
        const c = cos[p]!;
        const s = sin[p]!;
        const a = re[q]! * c - im[q]! * s;
        const b = re[q]! * s + im[q]! * c;
        re[q] = re[p]! - a;
        im[q] = im[p]! - b;
        re[p]! += a;
        im[p]! += b;
      }
    }
  };
}

function bluestein(size: number): Transform {
  let padded = 1;
  while (padded < 2 * size - 1) padded *= 2;
  const inner = radix2(padded);
  // Chirp exp(−πi·n²/size); n² is taken modulo 2·size so that the angle stays exact for long transforms.
  const cos = new Float64Array(size);
  const sin = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const angle = (Math.PI * ((i * i) % (2 * size))) / size;
    cos[i] = Math.cos(angle);
    sin[i] = -Math.sin(angle);
  }
  const kernelRe = new Float64Array(padded);
  const kernelIm = new Float64Array(padded);
  for (let i = 0; i < size; i++) {
    const mirror = i === 0 ? 0 : padded - i;
    kernelRe[i] = kernelRe[mirror] = cos[i]!;
    kernelIm[i] = kernelIm[mirror] = -sin[i]!;
  }
  inner(kernelRe, kernelIm);
  const workRe = new Float64Array(padded);
  const workIm = new Float64Array(padded);
  return (re, im) => {
    workRe.fill(0);
    workIm.fill(0);
    for (let i = 0; i < size; i++) {
      workRe[i] = re[i]! * cos[i]! - im[i]! * sin[i]!;
      workIm[i] = re[i]! * sin[i]! + im[i]! * cos[i]!;
    }
    inner(workRe, workIm);
    for (let i = 0; i < padded; i++) {
      const a = workRe[i]!;
      const b = workIm[i]!;
      workRe[i] = a * kernelRe[i]! - b * kernelIm[i]!;
      workIm[i] = a * kernelIm[i]! + b * kernelRe[i]!;
    }
    inner(workIm, workRe);
    for (let i = 0; i < size; i++) {
      const a = workRe[i]! / padded;
      const b = workIm[i]! / padded;
      re[i] = a * cos[i]! - b * sin[i]!;
      im[i] = a * sin[i]! + b * cos[i]!;
    }
  };
}

/**
 * Complex transform, out of place.
 *
 * @param re - Real parts.
 * @param im - Imaginary parts; zeros when left out.
 */
export function fft(re: ArrayLike<number>, im?: ArrayLike<number>): ComplexArray {
  const outRe = Float64Array.from(re);
  const outIm = im ? Float64Array.from(im) : new Float64Array(re.length);
  createFft(outRe.length).forward(outRe, outIm);
  return { re: outRe, im: outIm };
}

/** Inverse of {@link fft}, out of place. */
export function ifft(re: ArrayLike<number>, im: ArrayLike<number>): ComplexArray {
  const outRe = Float64Array.from(re);
  const outIm = Float64Array.from(im);
  createFft(outRe.length).inverse(outRe, outIm);
  return { re: outRe, im: outIm };
}

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
export function rfft(signal: ArrayLike<number>, size: number = signal.length): ComplexArray {
  const plan = createRealFft(size);
  const padded = new Float64Array(size);
  for (let i = 0; i < Math.min(size, signal.length); i++) padded[i] = signal[i]!;
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
export function irfft(re: ArrayLike<number>, im: ArrayLike<number>, size: number = 2 * (re.length - 1)): Float64Array {
  const plan = createRealFft(size);
  if (re.length !== plan.bins || im.length !== plan.bins) {
    throw new FoleyError(
      "shape-mismatch",
      `irfft got ${re.length} real and ${im.length} imaginary parts; a signal of ${size} needs ${plan.bins}.`,
      {
        hint: "Pass the size of the original signal as third argument.",
      },
    );
  }
  const signal = new Float64Array(size);
  plan.inverse(re, im, signal);
  return signal;
}

function checkLength(re: Float64Array, im: Float64Array, size: number): void {
  if (re.length !== size || im.length !== size) {
    throw new FoleyError("shape-mismatch", `An FFT plan of size ${size} got arrays of ${re.length} and ${im.length}.`, {
      hint: "Create the plan for the length of the data.",
    });
  }
}
