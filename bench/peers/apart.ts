/** How far apart two files of float32 numbers are. */
import { readFileSync } from "node:fs";

const numbersOf = (path: string): Float32Array => {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
};

/** The length of their difference beside the length of the second; infinite when one has more numbers. */
export function apart(mine: string, other: string): number {
  const [a, b] = [numbersOf(mine), numbersOf(other)];
  if (a.length !== b.length || b.length === 0) return Number.POSITIVE_INFINITY;
  let [difference, whole] = [0, 0];
  for (const [i, value] of b.entries()) {
    difference += ((a[i] as number) - value) ** 2;
    whole += value ** 2;
  }
  return Math.sqrt(difference / whole);
}
