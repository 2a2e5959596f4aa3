import { describe, expect, it } from "vitest";
import { randomState } from "./mersenne-twister.js";
import { singularValues, symmetricEigenvalues } from "./spectra.js";

const random = (length: number, seed: number) => {
  const { uint32 } = randomState(seed);
  return Float64Array.from({ length }, () => uint32() / 2 ** 31 - 1);
};

describe("symmetricEigenvalues", () => {
  it("has known eigenvalues: the second difference, a diagonal, zero, one number", () => {
    const size = 41;
    const chain = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      chain[i * size + i] = 2;
      if (i > 0) chain[i * size + i - 1] = -1;
    }
    const expected = Array.from({ length: size }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (size + 1)));
    const found = symmetricEigenvalues(chain, size).sort();
    for (let k = 0; k < size; k++) expect(found[k]).toBeCloseTo(expected[k]!, 12);
    expect([...symmetricEigenvalues(Float64Array.of(3, 9, 9, 0, -1, 9, 0, 0, 7), 3)].sort((a, b) => a - b)).toEqual([-1, 3, 7]);
    expect([...symmetricEigenvalues(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0]);
    expect([...symmetricEigenvalues(Float64Array.of(5), 1)]).toEqual([5]);
  });

  it("keeps the trace and the sum of squares of any matrix", () => {
    for (const size of [2, 3, 50, 51]) {
      const matrix = random(size * size, size);
      let trace = 0;
      let squares = 0;
      for (let i = 0; i < size; i++) {
        trace += matrix[i * size + i]!;
        squares += matrix[i * size + i]! ** 2;
        for (let j = 0; j < i; j++) squares += 2 * matrix[i * size + j]! ** 2;
      }
      const found = symmetricEigenvalues(matrix, size);
      expect(found.reduce((sum, x) => sum + x, 0)).toBeCloseTo(trace, 10);
      expect(found.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(squares, 10);
    }
  });
});

describe("singularValues", () => {
  it("are the roots of the eigenvalues of MᵀM, tall and square", () => {
    for (const [rows, columns] of [
      [30, 30],
      [45, 12],
      [7, 1],
    ] as const) {
      const matrix = random(rows * columns, rows);
      const square = new Float64Array(columns * columns);
      for (let i = 0; i < columns; i++)
        for (let j = 0; j < columns; j++)
          for (let k = 0; k < rows; k++) square[i * columns + j]! += matrix[k * columns + i]! * matrix[k * columns + j]!;
      const expected = symmetricEigenvalues(square, columns).map(Math.sqrt).sort();
      const found = singularValues(matrix, rows, columns).sort();
      for (let k = 0; k < columns; k++) expect(found[k]).toBeCloseTo(expected[k]!, 7);
    }
  });

  it("finds small ones exactly and zero ones as zero", () => {
    const found = singularValues(Float64Array.of(1e8, 0, 0, 0, 1e-3, 0, 0, 0, 0), 3, 3).sort();
    expect(found[0]).toBe(0);
    expect(found[1]).toBeCloseTo(1e-3, 12);
    expect(found[2]! / 1e8).toBeCloseTo(1, 14);
    // Rank 1 of 40: what remains is rounding.
    const flat = singularValues(new Float64Array(1600).fill(1), 40, 40).sort();
    expect(flat[39]).toBeCloseTo(40, 12);
    expect(flat[38]).toBeLessThan(1e-13);
  });
});
