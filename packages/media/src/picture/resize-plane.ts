/** One plane of samples, resized with given weights: rows first into an accumulator, then columns. Each source sample is read once or twice. */
import type { AxisWeights } from "./resize-weights.js";

/** A rectangle of samples inside a larger array. */
export interface Plane {
  /** 8-bit samples, or 16-bit for deeper pictures. */
  readonly data: Uint8Array | Uint16Array;
  /** Index of the first sample. */
  readonly offset: number;
  /** Elements from one row to the next. */
  readonly stride: number;
  /** Elements from one sample to the next: 1 for planar, 2 for interleaved chroma, 4 for RGBA. */
  readonly step: number;
}

/**
 * Resizes one plane.
 *
 * @param rows weights down the picture, @param columns weights across it.
 * @param scale factor on every sample, e.g. 1/4 to bring 10 bits to the 8-bit scale.
 * @param out receives rows × columns values on the 0..255 scale.
 */
export function resizePlane(
  plane: Plane,
  width: number,
  rows: AxisWeights,
  columns: AxisWeights,
  scale: number,
  out: Float32Array,
): void {
  const { data, offset, stride, step } = plane;
  const line = new Float64Array(width);
  const outWidth = columns.first.length;
  for (let y = 0; y < rows.first.length; y++) {
    const count = rows.count[y] as number;
    // Four rows at a time: the accumulator is loaded and stored once for them. Missing rows weigh nothing.
    for (let k = 0; k < count; k += 4) {
      const start = offset + ((rows.first[y] as number) + k) * stride;
      const weights = [0, 1, 2, 3].map((i) => (k + i < count ? (rows.weight[y * rows.taps + k + i] as number) * scale : 0));
      const strides = [0, 1, 2, 3].map((i) => (k + i < count ? i * stride : 0));
      addRows(data, start, step, weights, strides, line, k === 0);
    }
    for (let x = 0; x < outWidth; x++) {
      const first = columns.first[x] as number;
      const base = x * columns.taps;
      let sum = 0;
      for (let k = 0, n = columns.count[x] as number; k < n; k++)
        sum += (columns.weight[base + k] as number) * (line[first + k] as number);
      out[y * outWidth + x] = sum;
    }
  }
}

function addRows(
  data: Uint8Array | Uint16Array,
  start: number,
  step: number,
  weights: readonly number[],
  strides: readonly number[],
  line: Float64Array,
  first: boolean,
): void {
  const [w0, w1, w2, w3] = weights as [number, number, number, number];
  const [, s1, s2, s3] = strides as [number, number, number, number];
  if (first) {
    for (let x = 0, i = start; x < line.length; x++, i += step) {
      line[x] =
        w0 * (data[i] as number) + w1 * (data[i + s1] as number) + w2 * (data[i + s2] as number) + w3 * (data[i + s3] as number);
    }
  } else {
    for (let x = 0, i = start; x < line.length; x++, i += step) {
      line[x] =
        (line[x] as number) +
        w0 * (data[i] as number) +
        w1 * (data[i + s1] as number) +
        w2 * (data[i + s2] as number) +
        w3 * (data[i + s3] as number);
    }
  }
}
