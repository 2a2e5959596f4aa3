/** Times at which noise is added in training, one per example, keyed by (seed, stream, step): nothing is kept between steps. */
import { createRandom, FoleyError, normalArray, type StreamPart, uniformArray } from "@foley-control/core";

/** Ways to draw times. */
export const TIME_SAMPLINGS = ["sobol", "uniform", "logit-normal"] as const;
/**
 * `sobol` covers 0..1 evenly within and across batches (scrambled, the default of stable-audio-tools),
 * `uniform` draws independently, `logit-normal` = sigmoid of standard normals prefers the middle (Esser et al. 2024); or a
 * {@link LogitNormal} that prefers another place.
 */
export type TimeSampling = (typeof TIME_SAMPLINGS)[number] | LogitNormal;

/** Times = sigmoid of normals with a mean and a deviation of their own: above 0 the mean prefers noise, where it is decided when things sound. */
export interface LogitNormal {
  /** Tells it from the names. */
  readonly kind: "logit-normal";
  /** Of the normals. Default 0. */
  readonly mean?: number;
  /** Of the normals, above 0. Default 1. */
  readonly deviation?: number;
}

/** Binary digits of a point, as in torch's SobolEngine. */
const DIGITS = 30;

/** A scrambling of the one-dimensional Sobol sequence: a linear map of the digits (Matoušek 1998) and a digital shift. */
export interface SobolScrambling {
  /** Image of each digit of the index, least significant first; 30 numbers below 2³⁰. */
  readonly columns: readonly number[];
  /** Added to every point, digit by digit. */
  readonly shift: number;
}

/** The sequence as Sobol gave it: van der Corput's in Gray-code order. */
export const UNSCRAMBLED: SobolScrambling = {
  columns: Array.from({ length: DIGITS }, (_, digit) => 2 ** (DIGITS - 1 - digit)),
  shift: 0,
};

/** A random scrambling: a lower triangular matrix with ones on its diagonal, and a shift, as torch's SobolEngine draws them. */
export function sobolScrambling(seed: number | bigint, ...stream: readonly StreamPart[]): SobolScrambling {
  const random = createRandom(seed, ...stream, "sobol");
  // Below the diagonal means less significant: every bit under the leading one is free.
  const columns = UNSCRAMBLED.columns.map((leading) => leading + (leading > 1 ? random.integer(0, leading) : 0));
  return { columns, shift: random.integer(0, 2 ** DIGITS) };
}

/** Point `index` of the sequence, in [0, 1); it repeats after 2³⁰ points. */
export function sobolPoint(index: number, { columns, shift }: SobolScrambling): number {
  const wrapped = index % 2 ** DIGITS;
  const gray = wrapped ^ (wrapped >>> 1);
  let digits = shift;
  for (let digit = 0; digit < DIGITS; digit++) if ((gray >>> digit) & 1) digits ^= columns[digit] as number;
  return digits / 2 ** DIGITS;
}

/**
 * Times of the rows of one step.
 *
 * @param rows - examples in the whole batch of the step
 * @param seed - of the training
 * @param stream - names the use, e.g. the stage; the step is not part of it
 * @returns [rows] in 0..1
 * @throws FoleyError `invalid-argument` for a way that there is not
 */
export function drawTimes(
  sampling: TimeSampling,
  rows: number,
  step: number,
  seed: number | bigint,
  ...stream: readonly StreamPart[]
): Float32Array {
  const { kind, mean = 0, deviation = 1 } = typeof sampling === "string" ? { kind: sampling } : sampling;
  switch (kind) {
    case "sobol": {
      const scrambling = sobolScrambling(seed, ...stream);
      return Float32Array.from({ length: rows }, (_, row) => sobolPoint(step * rows + row, scrambling));
    }
    case "uniform":
      return uniformArray(seed, [...stream, "times", step], rows);
    case "logit-normal":
      return normalArray(seed, [...stream, "times", step], rows).map((value) => 1 / (1 + Math.exp(-(mean + deviation * value))));
    default:
      throw new FoleyError("invalid-argument", `Times cannot be drawn by "${String(kind)}".`, {
        hint: `Give one of ${TIME_SAMPLINGS.join(", ")}, or { kind: "logit-normal", mean, deviation }.`,
      });
  }
}
