/**
 * A look at an mp4's index before it is trusted (ISO/IEC 14496-12 §8.6.1, §8.7.3, §8.7.4): a damaged count of samples would keep a
 * reader busy for minutes, laying out frames that cannot exist, since no file holds more samples than bytes.
 */

/** Reads bytes [`start`, `end`) of a file. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array>;

/** Largest index that is looked at, in bytes; that of a day of video is smaller. */
const MAX_INDEX = 256 * 2 ** 20;
/** Counts up to here are cheap, whatever the size of the file. */
const HARMLESS = 100_000;
const containers = new Set(["moov", "trak", "mdia", "minf", "stbl"]);

/** True when the index counts more samples than the file has bytes. False for other containers and for files without an index. */
export async function countsImpossibleSamples(read: ReadBytes, size: number): Promise<boolean> {
  for (let at = 0; at + 8 <= size; ) {
    const header = view(await read(at, Math.min(at + 16, size)));
    const type = name(header, 4);
    if (!/^[\w ©-]{4}$/.test(type)) return false;
    const length = boxLength(header, 0, size - at);
    if (length < 8) return false;
    if (type === "moov") {
      const index = view(await read(at, Math.min(at + length, size, at + MAX_INDEX)));
      return hasImpossibleCount(index, 0, index.byteLength, Math.max(size, HARMLESS));
    }
    at += length;
  }
  return false;
}

function hasImpossibleCount(index: DataView, from: number, to: number, limit: number): boolean {
  for (let at = from; at + 8 <= to; ) {
    const type = name(index, at + 4);
    const length = boxLength(index, at, to - at);
    if (length < 8) return false;
    const end = Math.min(at + length, to);
    if (containers.has(type) && hasImpossibleCount(index, at + 8, end, limit)) return true;
    if ((type === "stts" || type === "ctts") && summedCounts(index, at, end) > limit) return true;
    if (type === "stsc" && largestNumber(index, at, end) > limit) return true;
    if (type === "stsz" && at + 20 <= end && index.getUint32(at + 16) > limit) return true;
    at += length;
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

function boxLength(bytes: DataView, at: number, rest: number): number {
  const short = bytes.getUint32(at);
  if (short === 0) return rest;
  if (short !== 1) return short;
  return at + 16 <= bytes.byteLength ? Number(bytes.getBigUint64(at + 8)) : 0;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const name = (bytes: DataView, at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((i) => bytes.getUint8(at + i)));
