/** Products in blocks and tiles against the sum as it is written. */
import { createRandom } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { addProduct } from "./products.js";

const random = createRandom(3, "products");
const matrix = (rows: number, columns: number) => Float64Array.from({ length: rows * columns }, () => random.range(-1, 1));

/** Largest difference from Σ_k left(i, k)·right(j, k) inside the area, and whether anything outside of it was touched. */
function checked(
  size: readonly [number, number],
  depth: number,
  rows: [number, number],
  columns: [number, number],
  lower = false,
) {
  const [height, width] = size;
  const [left, right] = [matrix(height, depth), matrix(width, depth)];
  const before = matrix(height, width);
  const out = before.slice();
  const l = (i: number, k: number) => left[i * depth + k]!;
  const r = (j: number, k: number) => right[j * depth + k]!;
  addProduct(out, width, { rows, columns, lower }, [3, depth], l, r, 0.5);
  let error = 0;
  let touched = false;
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const inside = i >= rows[0] && i < rows[1] && j >= columns[0] && j < columns[1];
      if (!inside) touched ||= out[i * width + j] !== before[i * width + j];
      if (!inside || (lower && j > i)) continue;
      let sum = 0;
      for (let k = 3; k < depth; k++) sum += l(i, k) * r(j, k);
      error = Math.max(error, Math.abs(out[i * width + j]! - before[i * width + j]! - 0.5 * sum));
    }
  return { error, touched };
}

describe("addProduct", () => {
  test.each([
    [[4, 4], 4, [0, 4], [0, 4]],
    [[7, 5], 300, [0, 7], [0, 5]],
    [[9, 11], 513, [1, 8], [2, 11]],
    [[150, 260], 260, [5, 149], [0, 259]],
  ] as const)("%j over %i terms", (size, depth, rows, columns) => {
    const { error, touched } = checked(size, depth, [...rows], [...columns]);
    expect(error).toBeLessThan(1e-13 * depth);
    expect(touched).toBe(false);
  });

  test("only on and below the diagonal", () => {
    expect(checked([141, 141], 270, [0, 141], [0, 141], true).error).toBeLessThan(3e-11);
  });

  test("with its own transpose, whose panels are packed once", () => {
    const [size, depth] = [13, 700];
    const rows = matrix(size, depth);
    const out = new Float64Array(size * size);
    const element = (i: number, k: number) => rows[i * depth + k]!;
    addProduct(out, size, { rows: [0, size], columns: [0, size] }, [0, depth], element, element);
    let norm = 0;
    for (let k = 0; k < depth; k++) norm += element(6, k) ** 2;
    expect(out[6 * size + 6]).toBeCloseTo(norm, 10);
    expect(out[3 * size + 9]).toBe(out[9 * size + 3]);
  });
});
