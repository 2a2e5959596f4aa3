/**
 * Sample-rate conversion by a windowed-sinc polyphase filter (Smith & Gossett, "A flexible sampling-rate conversion
 * method", ICASSP 1984), with the parameters and the kernel of torchaudio's `Resample`, so that networks that were fed
 * by it see the same samples; and a preset with a longer Kaiser window for sound that people hear.
 */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkOptions, checkPositive, checkRange, checkSamples, type Samples } from "./check.js";
import { besselI0, DEFAULT_KAISER_BETA } from "./windows.js";

/** Options of {@link resample}; their defaults are {@link DEFAULT_RESAMPLING}. */
export interface ResampleOptions {
  /** Window over the sinc: `"hann"` (torchaudio's `sinc_interp_hann`) or `"kaiser"` (`sinc_interp_kaiser`). Default "hann". */
  readonly window?: "hann" | "kaiser";
  /** Zero crossings of the sinc to each side; more is sharper and slower. Default 6. */
  readonly lowpassFilterWidth?: number;
  /** Cut-off as a share of the lower Nyquist frequency, in (0, 1]. Default 0.99. */
  readonly rolloff?: number;
  /** Shape of the Kaiser window. Default {@link DEFAULT_KAISER_BETA}. */
  readonly beta?: number;
  /**
   * How the kernel is computed before it is stored in float32: `"float64"` throughout; `"mixed"`, with the offsets of
   * the phases rounded to float32 as torchaudio's `transforms.Resample` has them; `"float32"` throughout, as its
   * `functional.resample` has it for float32 input. Default "mixed".
   */
  readonly kernelPrecision?: "float64" | "mixed" | "float32";
}

/** Defaults of {@link resample}, those of torchaudio's transform: 6 zero crossings to each side, 99 % of the lower Nyquist frequency. */
export const DEFAULT_RESAMPLING = {
  window: "hann",
  lowpassFilterWidth: 6,
  rolloff: 0.99,
  kernelPrecision: "mixed",
  beta: DEFAULT_KAISER_BETA,
} as const satisfies Required<ResampleOptions>;

/**
 * For sound that is listened to: 64 zero crossings under a Kaiser window of about 100 dB; flat to 90 % of the lower
 * Nyquist frequency, full rejection above it.
 */
export const HIGH_QUALITY_RESAMPLING = {
  window: "kaiser",
  lowpassFilterWidth: 64,
  rolloff: 0.95,
  beta: 10.06,
  kernelPrecision: "float64",
} as const satisfies ResampleOptions;

/** A prepared conversion between two rates. */
export interface Resampler {
  /** Input rate divided by the greatest common divisor of the rates. */
  readonly from: number;
  /** Output rate divided by it: the number of phases. */
  readonly to: number;
  /** Samples of context before a block of `from` input samples. */
  readonly width: number;
  /** Taps [phase × (2·width + from)], float32, as torchaudio lays them out. */
  kernel(): Float32Array;
  /** Converts a whole signal to ceil(length·to/from) samples; outside the signal there is silence. */
  process(samples: Samples): Float32Array;
}

const MAX_CACHED = 16;
const cache = new Map<string, Resampler>();

/**
 * Converts one channel from one sample rate to another.
 *
 * @param samples - One channel.
 * @param fromRate - Hz, an integer.
 * @param toRate - Hz, an integer.
 * @returns ceil(length·toRate/fromRate) samples, aligned with the input at sample 0 (no delay); a copy when the rates are equal.
 * @throws FoleyError `invalid-argument` for rates that are no positive integers or a bad option.
 * @example
 * ```ts
 * const at16k = resample(samples, 44100, 16000);
 * const master = resample(samples, 24000, 48000, HIGH_QUALITY_RESAMPLING);
 * ```
 */
export function resample(samples: Samples, fromRate: number, toRate: number, options: ResampleOptions = {}): Float32Array {
  checkSamples("samples", samples, "the rate that they have and the rate wanted");
  checkInteger("fromRate", fromRate, 1);
  checkInteger("toRate", toRate, 1);
  if (fromRate === toRate) return Float32Array.from(samples);
  return createResampler(fromRate, toRate, options).process(samples);
}

/** The conversion that {@link resample} applies; the 16 most recent are cached. */
export function createResampler(fromRate: number, toRate: number, options: ResampleOptions = {}): Resampler {
  checkInteger("fromRate", fromRate, 1);
  checkInteger("toRate", toRate, 1);
  checkOptions(options, "HIGH_QUALITY_RESAMPLING");
  const given: Required<ResampleOptions> = { ...DEFAULT_RESAMPLING, ...options };
  const { window, lowpassFilterWidth, rolloff, beta, kernelPrecision } = given;
  checkInteger("lowpassFilterWidth", lowpassFilterWidth, 1);
  checkPositive("rolloff", rolloff);
  checkRange("rolloff", rolloff, 0, 1);
  checkRange("beta", beta, 0, 50);
  if (window !== "hann" && window !== "kaiser") {
    throw new FoleyError("invalid-argument", `window is ${String(window)}; expected "hann" or "kaiser".`, {
      hint: "Choose one of the two.",
    });
  }
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const from = fromRate / divisor;
  const to = toRate / divisor;
  const key = [from, to, window, lowpassFilterWidth, rolloff, beta, kernelPrecision].join(" ");
  const cached = cache.get(key);
  if (cached) return cached;
  const base = Math.min(from, to) * rolloff;
  const width = Math.ceil((lowpassFilterWidth * from) / base);
  const tap = kernelPrecision === "float32" ? tapInFloat32 : tapInFloat64;
  const at = (phase: number, k: number) => {
    const offset = kernelPrecision === "float64" ? phase / to : Math.fround(phase / to);
    return tap(offset, k, from, base, lowpassFilterWidth, window, beta);
  };

  // Of the 2·width + from taps of a phase only those within ±lowpassFilterWidth are not zero.
  const length = Math.ceil((2 * lowpassFilterWidth * from) / base) + 2;
  const firsts = new Int32Array(to);
  const taps = new Float32Array(to * length);
  for (let phase = 0; phase < to; phase++) {
    const centre = (phase * from) / to;
    const first = Math.max(-width, Math.ceil(centre - (lowpassFilterWidth * from) / base) - 1);
    firsts[phase] = first;
    for (let i = 0; i < length && first + i < width + from; i++) taps[phase * length + i] = at(phase, first + i);
  }

  const resampler: Resampler = {
    from,
    to,
    width,
    kernel() {
      const full = new Float32Array(to * (2 * width + from));
      for (let phase = 0; phase < to; phase++) {
        for (let k = 0; k < 2 * width + from; k++) full[phase * (2 * width + from) + k] = at(phase, k - width);
      }
      return full;
    },
    process(samples) {
      const out = new Float32Array(Math.ceil((samples.length * to) / from));
      /** Outputs begin … end − 1, one by one: some of their taps may lie outside the signal. */
      const edge = (begin: number, end: number) => {
        for (let m = begin; m < end; m++) {
          const phase = m % to;
          const start = ((m - phase) / to) * from + firsts[phase]!;
          const offset = phase * length;
          const high = Math.min(length, samples.length - start);
          let sum = 0;
          for (let i = Math.max(0, -start); i < high; i++) sum += taps[offset + i]! * samples[start + i]!;
          out[m] = sum;
        }
      };
      // Inside, four blocks at a time: sums that do not wait for each other, over taps that are read once.
      let block = Math.max(0, Math.ceil(-firsts[0]! / from));
      const reach = firsts[to - 1]! + length + 3 * from;
      edge(0, Math.min(out.length, block * to));
      for (; block * from + reach <= samples.length; block += 4) {
        for (let phase = 0; phase < to; phase++) {
          const offset = phase * length;
          const a = block * from + firsts[phase]!;
          const b = a + from;
          const c = b + from;
          const d = c + from;
          let sumA = 0;
          let sumB = 0;
          let sumC = 0;
          let sumD = 0;
          for (let i = 0; i < length; i++) {
            const tap = taps[offset + i]!;
            sumA += tap * samples[a + i]!;
            sumB += tap * samples[b + i]!;
            sumC += tap * samples[c + i]!;
            sumD += tap * samples[d + i]!;
          }
          const m = block * to + phase;
          out[m] = sumA;
          out[m + to] = sumB;
          out[m + 2 * to] = sumC;
          out[m + 3 * to] = sumD;
        }
      }
      edge(block * to, out.length);
      return out;
    },
  };
  const oldest = cache.keys().next();
  if (cache.size >= MAX_CACHED && !oldest.done) cache.delete(oldest.value);
  cache.set(key, resampler);
  return resampler;
}

/** Tap k (from −width) of a phase at the offset phase/to, of a sinc under a window. */
type Tap = (
  offset: number,
  k: number,
  from: number,
  base: number,
  zeros: number,
  window: "hann" | "kaiser",
  beta: number,
) => number;

/** sinc(πt)·window(t)·base/from with t = (k/from − offset)·base. */
const tapInFloat64: Tap = (offset, k, from, base, zeros, window, beta) => {
  const t = Math.max(-zeros, Math.min(zeros, (k / from - offset) * base));
  const shape = window === "hann" ? Math.cos((t * Math.PI) / zeros / 2) ** 2 : kaiser(t / zeros, beta);
  return (t === 0 ? 1 : Math.sin(t * Math.PI) / (t * Math.PI)) * shape * (base / from);
};

/** The same with every intermediate rounded to float32. */
const tapInFloat32: Tap = (offset, k, from, base, zeros, window, beta) => {
  const f = Math.fround;
  let t = f(f(f(k / from) - offset) * f(base));
  t = Math.max(-zeros, Math.min(zeros, t));
  const cosine = f(Math.cos(f(f(f(t * f(Math.PI)) / zeros) / 2)));
  const shape = window === "hann" ? f(cosine * cosine) : f(kaiser(f(t / zeros), beta));
  t = f(t * f(Math.PI));
  const sinc = t === 0 ? 1 : f(f(Math.sin(t)) / t);
  return f(sinc * f(shape * f(base / from)));
};

function kaiser(x: number, beta: number): number {
  return besselI0(beta * Math.sqrt(Math.max(0, 1 - x * x))) / besselI0(beta);
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
