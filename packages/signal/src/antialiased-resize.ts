/**
 * Image resize by antialiased filters in integers, bit for bit what torchvision makes of uint8 pictures (the native kernels of
 * `upsample_bilinear2d_aa` and `upsample_bicubic2d_aa`, PyTorch `UpSampleKernelAVXAntialias.h`): rows first, then columns, with
 * integer weights of 15 bits and bytes in between. Networks that were trained on such pictures see exactly those.
 */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkNumbers, checkOptions } from "./check.js";

/** A part of the resized picture. */
export interface Crop {
  /** First column. */
  readonly left: number;
  /** First row. */
  readonly top: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Options of {@link bilinearResize} and {@link bicubicResize}. */
export interface AntialiasedResizeOptions {
  /** Number of channels, interleaved. Default 3. */
  readonly channels?: number;
  /** The part that is wanted; only that is computed. Default: the whole picture. */
  readonly crop?: Crop;
  /** Whose integers weights are: PyTorch's of 15 bits, or Pillow's of 22, which differ by a level here and there. Default `"pytorch"`. */
  readonly rounding?: "pytorch" | "pillow";
}

/** A filter over the distance from the centre, in samples of the coarser side. */
interface Filter {
  /** Distance from which on it is zero. */
  readonly radius: number;
  readonly weight: (distance: number) => number;
}

const triangle: Filter = { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };

/** Keys' cubic with a = −0.5 (IEEE Trans. ASSP 29, 1981), as Pillow has it. */
const cubic: Filter = {
  radius: 2,
  weight(distance) {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** Weights are kept below 2^15, so that the reference can multiply 16-bit numbers. */
const WEIGHT_LIMIT = 2 ** 15;
const MOST_PRECISION = 22;

/**
 * Resizes a picture of bytes.
 *
 * @param pixels - [height, width, channels].
 * @param width - Input width, pixels.
 * @param height - Input height, pixels.
 * @param toWidth - Width of the whole resized picture.
 * @param toHeight - Height of the whole resized picture.
 * @returns [crop.height, crop.width, channels].
 * @throws FoleyError `invalid-argument` for sizes that are no positive integers or a crop that lies outside, `shape-mismatch` for
 * a number of bytes that is not the picture's.
 */
export type AntialiasedResize = (
  pixels: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
  options?: AntialiasedResizeOptions,
) => Uint8Array<ArrayBuffer>;

/**
 * Resizes a picture of bytes by a triangle filter.
 *
 * @example
 * ```ts
 * const middle = bilinearResize(rgb, 1920, 1080, 519, 292, { crop: { left: 131, top: 18, width: 256, height: 256 } });
 * ```
 */
export const bilinearResize: AntialiasedResize = (...given) => resize(triangle, ...given);

/** Resizes a picture of bytes by a cubic filter. */
export const bicubicResize: AntialiasedResize = (...given) => resize(cubic, ...given);

function resize(
  filter: Filter,
  ...[pixels, width, height, toWidth, toHeight, options = {}]: Parameters<AntialiasedResize>
): Uint8Array<ArrayBuffer> {
  checkNumbers("pixels", pixels, "Pass the bytes of the picture first, then its width and height.");
  checkOptions(options, "{ channels: 3 }");
  const { channels = 3, crop = { left: 0, top: 0, width: toWidth, height: toHeight }, rounding = "pytorch" } = options;
  for (const [name, value] of Object.entries({ width, height, toWidth, toHeight, channels })) checkInteger(name, value, 1);
  checkInteger("crop.left", crop.left, 0);
  checkInteger("crop.top", crop.top, 0);
  checkInteger("crop.width", crop.width, 1);
  checkInteger("crop.height", crop.height, 1);
  if (crop.left + crop.width > toWidth || crop.top + crop.height > toHeight) {
    throw new FoleyError(
      "invalid-argument",
      `A crop of ${crop.width}×${crop.height} at (${crop.left}, ${crop.top}) is not inside a picture of ${toWidth}×${toHeight}.`,
      { hint: "The crop lies in the resized picture: toWidth × toHeight." },
    );
  }
  if (pixels.length !== width * height * channels) {
    throw new FoleyError(
      "shape-mismatch",
      `${width}×${height} pixels of ${channels} channels are ${width * height * channels} bytes; got ${pixels.length}.`,
      { hint: "Pass channels where the picture has other than 3." },
    );
  }
  const limit = rounding === "pytorch" ? WEIGHT_LIMIT : Number.POSITIVE_INFINITY;
  const columns = taps(width, toWidth, crop.left, crop.width, { ...filter, limit });
  const rows = taps(height, toHeight, crop.top, crop.height, { ...filter, limit });

  // Only the rows that the second pass reads.
  const firstRow = rows.firsts[0] as number;
  const lastRow = (rows.firsts[crop.height - 1] as number) + (rows.counts[crop.height - 1] as number);
  const across = crop.width * channels;
  const between = new Uint8Array((lastRow - firstRow) * across);
  for (let y = firstRow; y < lastRow; y++)
    acrossRow(
      pixels,
      y * width * channels,
      columns,
      channels,
      between.subarray((y - firstRow) * across, (y - firstRow + 1) * across),
    );
  const out = new Uint8Array(crop.height * across);
  const sums = new Int32Array(across);
  for (let y = 0; y < crop.height; y++) {
    const from = ((rows.firsts[y] as number) - firstRow) * across;
    downColumns(between, from, rows, y, sums, out.subarray(y * across, (y + 1) * across));
  }
  return out;
}

interface Taps {
  /** First input sample of each output sample. */
  readonly firsts: Int32Array;
  /** Input samples of each output sample. */
  readonly counts: Int32Array;
  /** Row length of `weights`. */
  readonly most: number;
  readonly weights: Int32Array;
  /** Bits behind the point of a weight. */
  readonly precision: number;
}

/** Integer weights of `count` outputs from `start` on; how many bits they have follows from the largest of the whole axis. */
function taps(
  from: number,
  to: number,
  start: number,
  count: number,
  { radius, weight, limit }: Filter & { readonly limit: number },
): Taps {
  if (from === to) {
    const firsts = Int32Array.from({ length: count }, (_, i) => start + i);
    const ones = new Int32Array(count).fill(1);
    return { firsts, counts: ones, most: 1, weights: ones, precision: 0 };
  }
  const scale = from / to;
  const unit = Math.max(scale, 1);
  const support = radius * unit;
  const most = Math.ceil(2 * support) + 1;
  const firsts = new Int32Array(count);
  const counts = new Int32Array(count);
  const shares = new Float64Array(count * most);
  let largest = 0;
  for (let i = 0; i < to; i++) {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const last = Math.min(Math.trunc(centre + support + 0.5), from);
    const share = (j: number) => weight((j - centre + 0.5) / unit);
    let total = 0;
    for (let j = first; j < last; j++) total += share(j);
    const at = i - start;
    const kept = at >= 0 && at < count;
    if (kept) {
      firsts[at] = first;
      counts[at] = last - first;
    }
    for (let j = first; j < last; j++) {
      const part = share(j) / total;
      largest = Math.max(largest, part);
      if (kept) shares[at * most + j - first] = part;
    }
  }
  let precision = MOST_PRECISION;
  while (precision > 0 && Math.trunc(0.5 + largest * 2 ** precision) >= limit) precision--;
  const weights = Int32Array.from(shares, (part) => Math.trunc(part * 2 ** precision + 0.5 * Math.sign(part)));
  return { firsts, counts, most, weights, precision };
}

const CHANNELS = 3;

/** A row of output samples of a row that begins at `start`. Three channels, as pictures have, are summed at once. */
function acrossRow(source: Uint8Array | Uint8ClampedArray, start: number, axis: Taps, channels: number, into: Uint8Array): void {
  const { firsts, counts, most, weights, precision } = axis;
  const half = roundingOf(axis);
  for (let x = 0; x < firsts.length; x++) {
    const count = counts[x] as number;
    const first = start + (firsts[x] as number) * channels;
    if (channels === CHANNELS) {
      let [red, green, blue] = [half, half, half];
      for (let j = 0; j < count; j++) {
        const weight = weights[x * most + j] as number;
        const from = first + j * CHANNELS;
        red += (source[from] as number) * weight;
        green += (source[from + 1] as number) * weight;
        blue += (source[from + 2] as number) * weight;
      }
      into[CHANNELS * x] = byteOf(red >> precision);
      into[CHANNELS * x + 1] = byteOf(green >> precision);
      into[CHANNELS * x + 2] = byteOf(blue >> precision);
      continue;
    }
    for (let c = 0; c < channels; c++) {
      let sum = half;
      for (let j = 0; j < count; j++) sum += (source[first + c + j * channels] as number) * (weights[x * most + j] as number);
      into[channels * x + c] = byteOf(sum >> precision);
    }
  }
}

/** The output row `at` of rows that begin at `start`: row by row, so that memory is read as it lies. Weights and bytes fit 32 bits together. */
function downColumns(source: Uint8Array, start: number, axis: Taps, at: number, sums: Int32Array, into: Uint8Array): void {
  const { counts, most, weights, precision } = axis;
  const across = sums.length;
  sums.fill(roundingOf(axis));
  for (let j = 0; j < (counts[at] as number); j++) {
    const weight = weights[at * most + j] as number;
    const from = start + j * across;
    for (let i = 0; i < across; i++) sums[i] = (sums[i] as number) + Math.imul(source[from + i] as number, weight);
  }
  for (let i = 0; i < across; i++) into[i] = byteOf((sums[i] as number) >> precision);
}

/** What makes cutting off the bits behind the point round half up. */
const roundingOf = ({ precision }: Taps): number => (precision === 0 ? 0 : 1 << (precision - 1));

const byteOf = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
