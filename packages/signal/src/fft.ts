/**
 * Discrete Fourier transforms of any length in float64: iterative radix-2 (Cooley & Tukey, 1965) for powers of two,
 * Bluestein's chirp transform (1970) for every other length. Forward has no factor, inverse divides by the length.
 */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkNumbers } from "./check.js";

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
  /** Whether a round is left over when they are taken two at a time. */
  const odd = Math.log2(size) % 2 === 1;
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
    if (odd) {
      for (let i = 0; i < size; i += 2) {
        const a = re[i + 1]!;
        const b = im[i + 1]!;
        re[i + 1] = re[i]! - a;
        im[i + 1] = im[i]! - b;
        re[i]! += a;
        im[i]! += b;
      }
    }
    // Two rounds at a time, so that every point is loaded and stored half as often; sums and products are those of single rounds.
    for (let half = odd ? 2 : 1; half < size; half <<= 2) {
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
  checkNumbers("re", re);
  if (im !== undefined) checkNumbers("im", im);
  const outRe = Float64Array.from(re);
  const outIm = im ? Float64Array.from(im) : new Float64Array(re.length);
  createFft(outRe.length).forward(outRe, outIm);
  return { re: outRe, im: outIm };
}

/** Inverse of {@link fft}, out of place. */
export function ifft(re: ArrayLike<number>, im: ArrayLike<number>): ComplexArray {
  checkNumbers("re", re);
  checkNumbers("im", im);
  const outRe = Float64Array.from(re);
  const outIm = Float64Array.from(im);
  createFft(outRe.length).inverse(outRe, outIm);
  return { re: outRe, im: outIm };
}

function checkLength(re: Float64Array, im: Float64Array, size: number): void {
  if (re.length !== size || im.length !== size) {
    throw new FoleyError("shape-mismatch", `An FFT plan of size ${size} got arrays of ${re.length} and ${im.length}.`, {
      hint: "Create the plan for the length of the data.",
    });
  }
}
