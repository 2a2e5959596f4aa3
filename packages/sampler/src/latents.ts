/** Arithmetic on latents. Every solver step is a weighted sum of a few arrays; sums are formed in double precision. */
import { FoleyError } from "@foley-control/core";

/** Elements of latents; solvers keep the precision they are given. */
export type LatentArray = Float32Array | Float64Array;

/** A value or a promise of it: models may be synchronous (formulas) or not (runtimes). */
export type MaybePromise<T> = T | Promise<T>;

/** A new array of the same type and length. */
export function emptyLike<T extends LatentArray>(like: T): T {
  return (like instanceof Float64Array ? new Float64Array(like.length) : new Float32Array(like.length)) as T;
}

/**
 * Σ weightₖ·arrayₖ as a new array of the first one's type. A weight of 0 leaves its array out, so that an infinity there
 * does no harm.
 *
 * @throws FoleyError `shape-mismatch` when the lengths differ.
 */
export function weightedSum<T extends LatentArray>(weights: readonly number[], arrays: readonly T[]): T {
  const first = arrays[0];
  if (first === undefined || weights.length !== arrays.length) {
    throw new FoleyError("invalid-argument", `weightedSum was given ${weights.length} weights for ${arrays.length} arrays.`);
  }
  const result = emptyLike(first);
  const used = arrays.flatMap((array, k) => {
    if (array.length !== first.length) {
      throw new FoleyError("shape-mismatch", `Latents of ${String(array.length)} and ${first.length} elements cannot be added.`, {
        hint: "What predicts must give as many numbers as it was given.",
      });
    }
    const weight = weights[k] as number;
    return weight === 0 ? [] : [{ weight, array }];
  });
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (const { weight, array } of used) sum += weight * (array[i] as number);
    result[i] = sum;
  }
  return result;
}

/** What an operation's result becomes in the precision of latents. */
export type Rounding = (value: number) => number;

/** The rounding of an array's type. */
export const roundingOf = (like: LatentArray): Rounding => (like instanceof Float64Array ? (value) => value : Math.fround);

/** What `change` makes of each element, as a new array of the same type. */
export function each<T extends LatentArray>(array: T, change: (value: number, i: number) => number): T {
  const made = emptyLike(array);
  for (let i = 0; i < made.length; i++) made[i] = change(array[i] as number, i);
  return made;
}
