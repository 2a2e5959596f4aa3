/** What classifiers say about two sets of sounds: agreement of pairs (KL) and variety of one set (inception score). */
import { FoleyError } from "@foley-control/core";
import { randomState } from "./mersenne-twister.js";
import { checkPaired, checkRows, type Rows } from "./rows.js";

/** log softmax of one row. */
function logSoftmax({ width, data }: Rows, row: number, out: Float64Array): Float64Array {
  const from = row * width;
  let highest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < width; c++) highest = Math.max(highest, data[from + c]!);
  let sum = 0;
  for (let c = 0; c < width; c++) sum += Math.exp(data[from + c]! - highest);
  const shift = highest + Math.log(sum);
  for (let c = 0; c < width; c++) out[c] = data[from + c]! - shift;
  return out;
}

/**
 * Kullback–Leibler divergence KL(reference ‖ generated) of the softmax over a classifier's logits, row by row, in nats. av-benchmark's
 * "KL-softmax": no epsilon inside the logarithm, unlike audioldm_eval's older form.
 *
 * @returns One value of at least 0 per pair of rows; their mean is the score.
 * @throws FoleyError `shape-mismatch` unless both sides have as many rows of the same width, `invalid-argument` for numbers that are
 * not finite.
 */
export function softmaxDivergences(reference: Rows, generated: Rows): Float64Array {
  checkRows("reference", reference);
  checkRows("generated", generated);
  checkPaired("reference and generated", reference, generated);
  const p = new Float64Array(reference.width);
  const q = new Float64Array(reference.width);
  return Float64Array.from({ length: reference.count }, (_, row) => {
    logSoftmax(reference, row, p);
    logSoftmax(generated, row, q);
    let sum = 0;
    for (let c = 0; c < p.length; c++) sum += Math.exp(p[c]!) * (p[c]! - q[c]!);
    return sum;
  });
}

/** Options of {@link inceptionScore}; each default is an exported constant, both as av-benchmark has them. */
export interface InceptionOptions {
  /** Number of parts that are scored on their own. Default 10. */
  readonly splits?: number;
  /** Seed of the order in which rows are dealt to the parts; `undefined` keeps theirs. Default 2020. */
  readonly seed?: number | undefined;
}

/** 10 parts. */
export const DEFAULT_INCEPTION_SPLITS = 10;
/** numpy's `RandomState(2020)`. */
export const DEFAULT_INCEPTION_SEED = 2020;

/** Mean and spread of a score over parts of a set. */
export interface Score {
  /** Mean over the parts. */
  readonly mean: number;
  /** Standard deviation over the parts (population). */
  readonly deviation: number;
}

/**
 * Inception score (Salimans et al., arXiv 1606.03498) of a classifier's logits: exp of the mean divergence of each row's softmax from
 * the mean softmax of its part. Between 1 and the number of classes. The order of the rows counts, since it decides which rows share
 * a part; av-benchmark has them sorted by name.
 *
 * @param logits - One row per sound.
 * @throws FoleyError `invalid-argument` for fewer rows than parts or numbers that are not finite.
 */
export function inceptionScore(logits: Rows, options: InceptionOptions = {}): Score {
  const { splits = DEFAULT_INCEPTION_SPLITS } = options;
  const seed = "seed" in options ? options.seed : DEFAULT_INCEPTION_SEED;
  checkRows("logits", logits);
  if (!Number.isSafeInteger(splits) || splits < 1 || splits > logits.count)
    throw new FoleyError("invalid-argument", `An inception score of ${logits.count} rows in ${splits} parts is not defined.`, {
      hint: "Pass at least as many rows as parts, and at least one part.",
    });
  const { count, width } = logits;
  const order = seed === undefined ? Uint32Array.from({ length: count }, (_, i) => i) : randomState(seed).permutation(count);
  const row = new Float64Array(width);
  const scores = Array.from({ length: splits }, (_, part) => {
    const from = Math.floor((part * count) / splits);
    const rows = order.subarray(from, Math.floor(((part + 1) * count) / splits));
    const mean = new Float64Array(width);
    let negativeEntropy = 0;
    for (const index of rows) {
      logSoftmax(logits, index, row);
      for (let c = 0; c < width; c++) {
        const share = Math.exp(row[c]!);
        mean[c]! += share / rows.length;
        negativeEntropy += (share * row[c]!) / rows.length;
      }
    }
    let cross = 0;
    for (const share of mean) if (share > 0) cross += share * Math.log(share);
    return Math.exp(negativeEntropy - cross);
  });
  return meanAndDeviation(scores);
}

/** Mean and population standard deviation. */
export function meanAndDeviation(values: ArrayLike<number>): Score {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
