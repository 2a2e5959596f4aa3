/** Quantised matrices: how far they are from what they were made of, and what stands for what. */
import { expect, it } from "vitest";
import type { StoredParameter } from "./contracts/index.js";
import { float32ToFloat16 } from "./float16.js";
import { INT8_ZERO, quantiseBlocks, quantisedBytes } from "./int8-blocks.js";
import { parameterTensor } from "./parameters.js";
import { normalArray } from "./random.js";

const [rows, columns, blockSize] = [5, 70, 32];
const how = { rows, columns, blockSize, transposed: false };
const matrix = normalArray(1, ["int8"], rows * columns);
const blocks = 3;

function restored(values: ArrayLike<number>, scales: ArrayLike<number>): Float32Array {
  const made = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < columns; i++)
      made[row * columns + i] =
        ((values[row * blocks * blockSize + i] as number) - INT8_ZERO) *
        (scales[row * blocks + Math.floor(i / blockSize)] as number);
  return made;
}

it("is within half a level of every number, and a block's largest is exact to rounding", () => {
  const values = quantiseBlocks(matrix, { ...how, part: "values" });
  const scales = quantiseBlocks(matrix, { ...how, part: "scales" });
  const back = restored(values, scales);
  matrix.forEach((x, i) => {
    const scale = scales[Math.floor(i / columns) * blocks + Math.floor((i % columns) / blockSize)] as number;
    expect(Math.abs((back[i] as number) - x)).toBeLessThanOrEqual(scale * 0.5001);
  });
  expect(new Set([Math.min(...values), Math.max(...values)])).toEqual(new Set([1, 255]));
  // Padding at the end of a row is zero.
  expect([...values.subarray(columns, blocks * blockSize)].every((byte) => byte === INT8_ZERO)).toBe(true);
});

it("takes columns for rows when it is told so", () => {
  const turned = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < columns; i++) turned[i * rows + row] = matrix[row * columns + i] as number;
  for (const part of ["values", "scales"] as const)
    expect(quantiseBlocks(turned, { ...how, transposed: true, part })).toEqual(quantiseBlocks(matrix, { ...how, part }));
});

it("keeps zeros, and shows what is not a number", () => {
  const odd = new Float32Array(rows * columns);
  odd[3] = Number.NaN;
  odd[columns] = Number.POSITIVE_INFINITY;
  odd[2 * columns] = 1e-45;
  expect([...quantiseBlocks(odd, { ...how, part: "scales" }).subarray(0, 7)]).toEqual([NaN, 0, 0, Infinity, 0, 0, 0]);
  expect(new Set(quantiseBlocks(new Float32Array(rows * columns), { ...how, part: "values" }))).toEqual(new Set([INT8_ZERO]));
});

it("is read as a tensor from float32 or float16, aligned or not, and refuses what does not fit", () => {
  const stored = (dtype: "float32" | "float16", bytes: Uint8Array): StoredParameter => ({
    dtype: "float32",
    shape: [rows, blocks],
    bytes: {
      kind: "quantised",
      of: { dtype, shape: [rows, columns], bytes: { kind: "memory", bytes } },
      how: { ...how, part: "scales" },
    },
  });
  const shifted = new Uint8Array(matrix.byteLength + 1);
  shifted.set(new Uint8Array(matrix.buffer), 1);
  const exact = quantiseBlocks(matrix, { ...how, part: "scales" });
  expect(parameterTensor("w", stored("float32", shifted.subarray(1))).data).toEqual(exact);
  const halves = parameterTensor("w", stored("float16", new Uint8Array(float32ToFloat16(matrix).buffer))).data as Float32Array;
  exact.forEach((scale, i) => {
    expect(Math.abs((halves[i] as number) / scale - 1)).toBeLessThan(1e-3);
  });
  expect(() => quantisedBytes({ ...how, part: "values" }, { dtype: "float32", shape: [2] }, new Uint8Array(8))).toThrow(
    /5×70 numbers was to be quantised, but it is float32 \[2\] in 8 bytes/,
  );
});
