/**
 * Image resize by exact area averaging ("box" or "area" resampling): every output pixel is the mean of the input over
 * the rectangle it covers, fractions of pixels at the edges included. Shrinking by whole factors is a plain integer
 * mean. Enlarging repeats pixels with blended seams.
 */
import { FoleyError } from "@foley-control/core";
import { checkInteger } from "./check.js";

/** Pixels that can be resized; the output has the same type. */
export type Pixels = Uint8Array | Uint8ClampedArray | Float32Array;

/** Options of {@link areaResize}. */
export interface AreaResizeOptions {
  /** Number of channels. Default {@link DEFAULT_RESIZE_CHANNELS}. */
  readonly channels?: number;
  /** `"interleaved"` [height, width, channel] or `"planar"` [channel, height, width], for input and output. Default {@link DEFAULT_RESIZE_LAYOUT}. */
  readonly layout?: "interleaved" | "planar";
  /** Samples from the start of one input row to the next; default the width (times the channels when interleaved). */
  readonly stride?: number;
}

/** RGB. */
export const DEFAULT_RESIZE_CHANNELS = 3;
/** Channel last. */
export const DEFAULT_RESIZE_LAYOUT = "interleaved";

/**
 * Resizes an image.
 *
 * @param pixels - Input of height × width × channels values; integers are rounded half up, floats are not rounded.
 * @param width - Input width, pixels.
 * @param height - Input height, pixels.
 * @param toWidth - Output width, pixels.
 * @param toHeight - Output height, pixels.
 * @throws FoleyError `invalid-argument` for sizes that are no positive integers, `shape-mismatch` for too few pixels.
 * @example
 * ```ts
 * const small = areaResize(rgb, 1920, 1080, 96, 54);
 * ```
 */
export function areaResize<P extends Pixels>(
  pixels: P,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
  options: AreaResizeOptions = {},
): P {
  const { channels = DEFAULT_RESIZE_CHANNELS, layout = DEFAULT_RESIZE_LAYOUT } = options;
  for (const [name, value] of Object.entries({ width, height, toWidth, toHeight, channels })) checkInteger(name, value, 1);
  // A planar image is `channels` images of one channel.
  const planes = layout === "planar" ? channels : 1;
  const samples = layout === "planar" ? 1 : channels;
  const { stride = width * samples } = options;
  checkInteger("stride", stride, width * samples);
  const needed = planes * height * stride - (stride - width * samples);
  if (pixels.length < needed) {
    throw new FoleyError(
      "shape-mismatch",
      `${width}×${height} pixels of ${channels} channels need ${needed} values; got ${pixels.length}.`,
      {
        hint: "Check the size, the number of channels and the layout.",
      },
    );
  }
  const out = allocate(pixels, planes * toWidth * toHeight * samples) as P;
  const image = { width, height, stride, samples, toWidth, toHeight };
  for (let plane = 0; plane < planes; plane++) {
    const source = plane * height * stride;
    const target = plane * toWidth * toHeight * samples;
    if (!(pixels instanceof Float32Array) && width % toWidth === 0 && height % toHeight === 0) {
      wholeFactors(pixels, source, out, target, image);
    } else fractions(pixels, source, out, target, image);
  }
  return out;
}

interface Image {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly samples: number;
  readonly toWidth: number;
  readonly toHeight: number;
}

function allocate(pixels: Pixels, length: number): Pixels {
  if (pixels instanceof Float32Array) return new Float32Array(length);
  return pixels instanceof Uint8ClampedArray ? new Uint8ClampedArray(length) : new Uint8Array(length);
}

/** Integer sums of blocks, divided once. */
function wholeFactors(pixels: Pixels, source: number, out: Pixels, target: number, image: Image): void {
  const { width, stride, samples, toWidth, toHeight } = image;
  const factorX = width / toWidth;
  const factorY = image.height / toHeight;
  const area = factorX * factorY;
  const sums = new Float64Array(toWidth * samples);
  for (let y = 0; y < toHeight; y++) {
    sums.fill(0);
    for (let row = y * factorY; row < (y + 1) * factorY; row++) {
      let at = source + row * stride;
      for (let x = 0; x < toWidth; x++) {
        const cell = x * samples;
        for (let i = 0; i < factorX; i++) {
          for (let c = 0; c < samples; c++) sums[cell + c]! += pixels[at++]!;
        }
      }
    }
    const line = target + y * toWidth * samples;
    for (let i = 0; i < sums.length; i++) out[line + i] = Math.floor(sums[i]! / area + 0.5);
  }
}

/** Rows are added into a running row with their share of the output row, then columns likewise. */
function fractions(pixels: Pixels, source: number, out: Pixels, target: number, image: Image): void {
  const { width, height, stride, samples, toWidth, toHeight } = image;
  const columns = overlaps(width, toWidth);
  const rows = overlaps(height, toHeight);
  const float = pixels instanceof Float32Array;
  const mixed = new Float64Array(width * samples);
  for (let y = 0; y < toHeight; y++) {
    mixed.fill(0);
    for (let i = 0; i < rows.counts[y]!; i++) {
      const at = source + (rows.firsts[y]! + i) * stride;
      const share = rows.shares[y * rows.most + i]!;
      for (let k = 0; k < mixed.length; k++) mixed[k]! += share * pixels[at + k]!;
    }
    const line = target + y * toWidth * samples;
    for (let x = 0; x < toWidth; x++) {
      const first = columns.firsts[x]! * samples;
      const count = columns.counts[x]!;
      for (let c = 0; c < samples; c++) {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += columns.shares[x * columns.most + i]! * mixed[first + i * samples + c]!;
        // The tiny term keeps exact halves, which arrive with rounding noise, on the upper side.
        out[line + x * samples + c] = float ? sum : Math.floor(sum + 0.5 + 1e-9);
      }
    }
  }
}

interface Overlaps {
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  /** Most input cells under one output cell: the row length of `shares`. */
  readonly most: number;
  readonly shares: Float64Array;
}

/** For every output cell, the input cells it covers and their shares, which sum to 1. Edges are exact integers over a common grid. */
function overlaps(from: number, to: number): Overlaps {
  const most = Math.floor(from / to) + 2;
  const firsts = new Int32Array(to);
  const counts = new Int32Array(to);
  const shares = new Float64Array(to * most);
  for (let i = 0; i < to; i++) {
    // On a grid of from·to units an output cell is `from` units wide, an input cell `to` units.
    const low = i * from;
    const high = low + from;
    const first = Math.floor(low / to);
    const last = Math.ceil(high / to) - 1;
    firsts[i] = first;
    counts[i] = last - first + 1;
    for (let k = first; k <= last; k++)
      shares[i * most + k - first] = (Math.min(high, (k + 1) * to) - Math.max(low, k * to)) / from;
  }
  return { firsts, counts, most, shares };
}
