/**
 * Distances between sets without a Gaussian: the squared maximum mean discrepancy (Gretton et al., JMLR 13, 2012), estimated without
 * bias, so that sets of different sizes compare. With a cubic kernel it is KID (Bińkowski et al., arXiv 1801.01401), with a Gaussian one
 * KAD (Chung et al., arXiv 2502.15602). May be slightly negative for sets of the same kind.
 */
import { FoleyError } from "@foley-control/core";
import { meanAndDeviation, type Score } from "./classes.js";
import { type RandomState, randomState } from "./mersenne-twister.js";
import { checkRows, checkSameWidth, type Rows, rowAt } from "./rows.js";

type Kernel = (a: Float32Array | Float64Array, b: Float32Array | Float64Array) => number;

/** Unbiased: pairs of a row with itself are left out. */
function squaredDiscrepancy(x: Rows, y: Rows, kernel: Kernel): number {
  const [rowsOfX, rowsOfY] = [x, y].map((rows) => Array.from({ length: rows.count }, (_, i) => rowAt(rows, i))) as [
    ReturnType<typeof rowAt>[],
    ReturnType<typeof rowAt>[],
  ];
  const within = (rows: ReturnType<typeof rowAt>[]): number => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) for (let j = 0; j < i; j++) sum += kernel(rows[i]!, rows[j]!);
    return (2 * sum) / (rows.length * (rows.length - 1));
  };
  let between = 0;
  for (const a of rowsOfX) for (const b of rowsOfY) between += kernel(a, b);
  return within(rowsOfX) + within(rowsOfY) - (2 * between) / (rowsOfX.length * rowsOfY.length);
}

/** Rows of a set that are compared at most, each with each: 1.6 GB of distances. */
const MOST_ROWS = 20_000;

function checkSets(x: Rows, y: Rows): void {
  checkRows("The first set", x, 2);
  checkRows("The second set", y, 2);
  checkSameWidth("The sets", x, y);
  const most = Math.max(x.count, y.count);
  if (most > MOST_ROWS)
    throw new FoleyError(
      "too-long",
      `A set has ${most} rows; a kernel distance compares each with each, of at most ${MOST_ROWS}.`,
      {
        hint: "Draw some of them with drawRows: the estimate has no bias, so fewer rows make it wider, not wrong.",
      },
    );
}

/**
 * Some rows of a set, drawn without replacement as numpy's `RandomState` draws them; the set itself when it has no more.
 *
 * @param most - Rows that are kept at most.
 * @param seed - Of the draw. Default 2020.
 */
export function drawRows(rows: Rows, most: number, seed = 2020): Rows {
  return rows.count <= most ? rows : drawn(rows, most, randomState(seed));
}

function drawn(rows: Rows, size: number, random: RandomState): Rows {
  const data = new Float64Array(size * rows.width);
  const chosen = random.permutation(rows.count).subarray(0, size);
  for (const [i, row] of chosen.entries()) data.set(rowAt(rows, row), i * rows.width);
  return { count: size, width: rows.width, data };
}

/** Options of {@link kernelInceptionDistance}. */
export interface KernelInceptionOptions {
  /** Power of the kernel (γ·⟨a, b⟩ + c)^degree. Default 3. */
  readonly degree?: number;
  /** γ. Default 1 / numbers per row. */
  readonly gamma?: number | undefined;
  /** c. Default 1. */
  readonly offset?: number;
}

/**
 * Kernel inception distance of two whole sets.
 *
 * @throws FoleyError `invalid-argument` for fewer than two rows or numbers that are not finite, `shape-mismatch` for rows of different
 * widths, `too-long` for more than 20000 rows.
 */
export function kernelInceptionDistance(x: Rows, y: Rows, options: KernelInceptionOptions = {}): number {
  checkSets(x, y);
  const { degree = 3, gamma = 1 / x.width, offset = 1 } = options;
  return squaredDiscrepancy(x, y, (a, b) => {
    let dot = 0;
    for (let i = 0; i < a.length; i++) dot += a[i]! * b[i]!;
    return (gamma * dot + offset) ** degree;
  });
}

/** Options of {@link kernelInceptionDistanceOfSubsets}. */
export interface SubsetOptions extends KernelInceptionOptions {
  /** Number of pairs of subsets. Default 100. */
  readonly subsets?: number;
  /** Rows of a subset. Default 1000. */
  readonly subsetSize?: number;
  /** Seed of the draws. Default 2020. */
  readonly seed?: number;
}

/**
 * Mean and deviation of the kernel inception distance over subsets drawn without replacement, as av-benchmark draws them.
 *
 * @throws FoleyError as {@link kernelInceptionDistance}, and `invalid-argument` for subsets larger than a set.
 */
export function kernelInceptionDistanceOfSubsets(x: Rows, y: Rows, options: SubsetOptions = {}): Score {
  checkSets(x, y);
  const { subsets = 100, subsetSize = 1000, seed = 2020 } = options;
  if (!(subsetSize >= 2 && subsetSize <= Math.min(x.count, y.count) && subsets >= 1))
    throw new FoleyError(
      "invalid-argument",
      `${subsets} subsets of ${subsetSize} rows cannot be drawn from sets of ${x.count} and ${y.count}.`,
      { hint: "Pass a subsetSize of at least 2 and at most the smaller set, or compare the whole sets." },
    );
  const random = randomState(seed);
  return meanAndDeviation(
    Array.from({ length: subsets }, () => {
      const first = drawn(x, subsetSize, random);
      return kernelInceptionDistance(first, drawn(y, subsetSize, random), options);
    }),
  );
}

/** What KAD multiplies the discrepancy by. */
const KERNEL_AUDIO_SCALE = 100;

/** Kernel audio distance with the width of its kernel. */
export interface KernelAudioDistance {
  /** 100 × the squared discrepancy. */
  readonly distance: number;
  /** Width of the Gaussian kernel: the median distance of two rows of the reference, the lower of the two middle ones. */
  readonly bandwidth: number;
}

/**
 * Kernel audio distance. Unlike a Fréchet distance it has no bias for small sets and no Gaussian in it.
 *
 * @throws FoleyError `invalid-argument` for fewer than two rows or numbers that are not finite, `shape-mismatch` for rows of different
 * widths, `too-long` for more than 20000 rows.
 */
export function kernelAudioDistance(evaluated: Rows, reference: Rows): KernelAudioDistance {
  checkSets(evaluated, reference);
  const distances = new Float64Array((reference.count * (reference.count - 1)) / 2);
  let at = 0;
  for (let i = 0; i < reference.count; i++)
    for (let j = 0; j < i; j++) distances[at++] = Math.sqrt(squaredDistance(rowAt(reference, i), rowAt(reference, j)));
  distances.sort();
  const bandwidth = distances[(distances.length - 1) >> 1]!;
  // The small number keeps a reference whose rows are all equal defined, as in the reference implementation.
  const gamma = 1 / (2 * bandwidth ** 2 + 1e-8);
  const discrepancy = squaredDiscrepancy(evaluated, reference, (a, b) => Math.exp(-gamma * squaredDistance(a, b)));
  return { distance: KERNEL_AUDIO_SCALE * discrepancy, bandwidth };
}

function squaredDistance(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
