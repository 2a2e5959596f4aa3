import { describe, expect, it } from "vitest";
import { frechetDistance, frechetDistanceOfMoments, frechetWarning } from "./frechet.js";
import { randomState } from "./mersenne-twister.js";
import { type Rows, rowsOf } from "./rows.js";

const grid = (rows: number, columns: number, value: (i: number, j: number) => number): Rows =>
  rowsOf(Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j))));

/** Correlated rows: a random walk over the columns, its step in `scale`. */
function walks(count: number, width: number, seed: number, scale = (_: number) => 1): Rows {
  const { uint32 } = randomState(seed);
  return rowsOf(
    Array.from({ length: count }, () => {
      let at = 0;
      return Array.from({ length: width }, (_, j) => {
        at = 0.7 * at + uint32() / 2 ** 32 - 0.5;
        return at * scale(j);
      });
    }),
  );
}

/** Means and covariances the plain way. */
function moments({ count, width, data }: Rows) {
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / count;
  const covariance = new Float64Array(width * width);
  for (let r = 0; r < count; r++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        covariance[i * width + j]! += ((data[r * width + i]! - mean[i]!) * (data[r * width + j]! - mean[j]!)) / (count - 1);
  return { mean, covariance };
}

describe("frechetDistance", () => {
  it("has the values of the reference: more rows than columns, fewer, singular", () => {
    const full = [
      grid(8, 3, (i, j) => Math.sin(0.37 * (i + 1) ** 2 * (j + 1))),
      grid(8, 3, (i, j) => Math.cos(0.53 * (i + 1) ** 2 * (j + 1)) + 0.1 * (j + 1)),
    ] as const;
    expect(frechetDistance(...full)).toBeCloseTo(0.534343053507575, 12);
    const wave = (rows: number, columns: number) =>
      [
        grid(rows, columns, (i, j) => Math.sin(1 + 0.7 * i + 1.3 * j)),
        grid(rows, columns, (i, j) => Math.cos(0.5 + 1.1 * i - 0.9 * j) + 0.25 * j),
      ] as const;
    expect(frechetDistance(...wave(6, 3))).toBeCloseTo(1.37831055819762, 12);
    expect(frechetDistance(...wave(4, 6))).toBeCloseTo(7.4876849, 6);
  });

  it("is 0 for a set and itself, the square of a shift, the same in either order", () => {
    const a = walks(40, 7, 1);
    const b = walks(60, 7, 2);
    expect(Math.abs(frechetDistance(a, a))).toBeLessThan(1e-12);
    expect(frechetDistance(a, { ...a, data: a.data.map((x) => x + 0.5) })).toBeCloseTo(7 * 0.25, 10);
    expect(frechetDistance(a, b)).toBeCloseTo(frechetDistance(b, a), 12);
  });

  it("agrees in blocks with the plain way, where rows are many, few, or columns of very different size", () => {
    // Above one block of every kind: tile, panel, group of columns.
    for (const [count, other, width, scale] of [
      [300, 270, 141, () => 1],
      [60, 500, 133, () => 1],
      [300, 200, 40, (j: number) => 10 ** (-j / 8)],
    ] as const) {
      const [a, b] = [walks(count, width, 3, scale), walks(other, width, 4, scale)];
      const expected = frechetDistanceOfMoments(moments(a), moments(b));
      expect(Math.abs(frechetDistance(a, b) / expected - 1)).toBeLessThan(1e-7);
    }
  });

  it("stays exact when columns repeat or stand still, with more rows than columns", () => {
    const [a, b] = [walks(80, 6, 5), walks(90, 6, 6)];
    const widened = (rows: Rows) =>
      rowsOf(
        Array.from({ length: rows.count }, (_, i) => {
          const row = [...rows.data.subarray(i * rows.width, (i + 1) * rows.width)];
          return [...row, ...row, 3];
        }),
      );
    // Every column twice: all eigenvalues double, and so does the distance.
    expect(frechetDistance(widened(a), widened(b))).toBeCloseTo(2 * frechetDistance(a, b), 11);
  });

  it("is undefined for one row and rejects what is no set of features", () => {
    expect(frechetDistance(walks(1, 3, 7), walks(9, 3, 8))).toBeNaN();
    expect(() => frechetDistance(walks(4, 3, 1), walks(4, 2, 1))).toThrow(/3 and 2 numbers per row/);
    expect(() => frechetDistance(rowsOf([[1, Number.NaN]]), walks(4, 2, 1))).toThrow(/number 1 of row 0 is NaN/);
    expect(() => frechetDistance({ count: 0, width: 2, data: new Float32Array() }, walks(4, 2, 1))).toThrow(/0 rows/);
    expect(() => frechetDistance({ count: 3, width: 2, data: new Float32Array(5) }, walks(4, 2, 1))).toThrow(/holds 5/);
  });
});

describe("frechetDistanceOfMoments", () => {
  it("has its closed forms", () => {
    const gauss = (mean: number[], ...covariance: number[]) => ({ mean, covariance });
    expect(frechetDistanceOfMoments(gauss([1], 4), gauss([3], 9))).toBeCloseTo(5, 12);
    expect(frechetDistanceOfMoments(gauss([0, 0], 2, 1, 1, 2), gauss([1, -1], 3, 0, 0, 1))).toBeCloseTo(2.5166852264521173, 12);
    // One direction only, and none.
    expect(frechetDistanceOfMoments(gauss([0, 0], 1, 1, 1, 1), gauss([0, 0], 0, 0, 0, 0))).toBeCloseTo(2, 12);
  });

  it("rejects what is no covariance", () => {
    const good = { mean: [0, 0], covariance: [1, 0, 0, 1] };
    expect(() => frechetDistanceOfMoments(good, { mean: [0, 0], covariance: [1, 2, 2, 1] })).toThrow(/variance -3 along an axis/);
    expect(() => frechetDistanceOfMoments(good, { mean: [0], covariance: [1] })).toThrow(/expected 2 and 4/);
  });
});

describe("frechetWarning", () => {
  it("says when rows are too few", () => {
    expect(frechetWarning(1, 128)).toMatch(/needs at least 2/);
    expect(frechetWarning(128, 128)).toMatch(/mostly bias/);
    expect(frechetWarning(300, 128)).toMatch(/too high/);
    expect(frechetWarning(5000, 128)).toBeUndefined();
  });
});
