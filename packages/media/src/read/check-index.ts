/**
 * A look at an mp4's index before it is trusted (ISO/IEC 14496-12 §8.6.1, §8.7.3, §8.7.4): a damaged count of samples would keep a
 * reader busy for minutes, laying out frames that cannot exist, since no file holds more samples than bytes.
 */

import { type Box, boxesIn, insideOf } from "./boxes.js";

/** Counts up to here are cheap, whatever the size of the file. */
const HARMLESS = 100_000;
/** Boxes in boxes that are looked into: four are usual, and a damaged file may have thousands. */
const DEEPEST = 16;
const containers = new Set(["trak", "mdia", "minf", "stbl"]);

/** True when an index counts more samples than a file of `size` bytes has. */
export function countsImpossibleSamples(index: DataView, size: number): boolean {
  const { from, to } = insideOf(index);
  return hasImpossibleCount(index, { from, to }, Math.max(size, HARMLESS), DEEPEST);
}

function hasImpossibleCount(index: DataView, { from, to }: Pick<Box, "from" | "to">, limit: number, depth: number): boolean {
  for (const { type, at, to: end } of boxesIn(index, from, to)) {
    const inside = { from: at + 8, to: end };
    if (depth > 0 && containers.has(type) && hasImpossibleCount(index, inside, limit, depth - 1)) return true;
    if ((type === "stts" || type === "ctts") && summedCounts(index, at, end) > limit) return true;
    if (type === "stsc" && largestNumber(index, at, end) > limit) return true;
    if (type === "stsz" && at + 20 <= end && index.getUint32(at + 16) > limit) return true;
  }
  return false;
}

/** The sum of the first numbers of all pairs in a table that begins 16 bytes into its box. */
function summedCounts(index: DataView, at: number, end: number): number {
  if (at + 16 > end) return 0;
  const entries = index.getUint32(at + 12);
  let sum = 0;
  for (let i = 0, place = at + 16; i < entries && place + 8 <= end; i++, place += 8) sum += index.getUint32(place);
  return sum;
}

/** The largest of the chunk numbers and sample counts in a table of triples; the third, an index of descriptions, is left out. */
function largestNumber(index: DataView, at: number, end: number): number {
  let largest = 0;
  for (let place = at + 16; place + 12 <= end; place += 12)
    largest = Math.max(largest, index.getUint32(place), index.getUint32(place + 4));
  return largest;
}
