/** Rows of numbers: features of clips, one row per clip or per piece of a clip. */
import { FoleyError } from "@foley-control/core";

/** Equally long rows, one after the other. */
export interface Rows {
  /** Number of rows. */
  readonly count: number;
  /** Numbers per row. */
  readonly width: number;
  /** The numbers [count × width]. */
  readonly data: Float32Array | Float64Array;
}

/**
 * Rows from arrays of equal length.
 *
 * @throws FoleyError `shape-mismatch` when their lengths differ.
 */
export function rowsOf(rows: readonly ArrayLike<number>[]): Rows {
  const width = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    if (row.length !== width)
      throw new FoleyError("shape-mismatch", `Row ${index} has ${row.length} numbers; the first row has ${width}.`, {
        hint: "Pass features of one network, made the same way.",
      });
    data.set(row, index * width);
  }
  return { count: rows.length, width, data };
}

/** Row `index` as a view. */
export function rowAt({ width, data }: Rows, index: number): Float32Array | Float64Array {
  return data.subarray(index * width, (index + 1) * width);
}

/**
 * Throws unless the rows hold as many numbers as they say, at least `least` of them, all finite.
 *
 * @throws FoleyError `shape-mismatch` or `invalid-argument`.
 */
export function checkRows(name: string, rows: Rows, least = 1): void {
  const { count, width, data } = rows;
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(width) || count < 0 || width < 1 || data.length !== count * width)
    throw new FoleyError("shape-mismatch", `${name} says ${count} rows of ${width} numbers and holds ${data.length}.`, {
      hint: "data must hold count × width numbers.",
    });
  if (count < least)
    throw new FoleyError("invalid-argument", `${name} has ${count} rows; expected at least ${least}.`, {
      hint: "Evaluate more clips.",
    });
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new FoleyError(
        "invalid-argument",
        `${name}: number ${i % width} of row ${Math.floor(i / width)} is ${data[i]}; expected finite numbers only.`,
        { hint: "Look at the sound that this row was made of: it may hold samples that are not finite." },
      );
}

/**
 * Throws unless both have rows of the same width.
 *
 * @throws FoleyError `shape-mismatch`.
 */
export function checkSameWidth(names: string, a: Rows, b: Rows): void {
  if (a.width !== b.width)
    throw new FoleyError("shape-mismatch", `${names} have ${a.width} and ${b.width} numbers per row; expected as many.`, {
      hint: "Both sides must come from the same network.",
    });
}

/**
 * Throws unless both have as many rows of the same width.
 *
 * @throws FoleyError `shape-mismatch`.
 */
export function checkPaired(names: string, a: Rows, b: Rows): void {
  checkSameWidth(names, a, b);
  if (a.count !== b.count)
    throw new FoleyError("shape-mismatch", `${names} have ${a.count} and ${b.count} rows; expected as many.`, {
      hint: "Pair the clips by name first; row i of one side belongs to row i of the other.",
    });
}
