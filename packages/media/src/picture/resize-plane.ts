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
export function resizePlane(plane: Plane, width: number, rows: AxisWeights, columns: AxisWeights, scale: number, out: Float32Array): void {
  const { data, offset, stride, step } = plane;
  const line = new Float32Array(width);
  const outWidth = columns.first.length;
  for (let y = 0; y < rows.first.length; y++) {
    line.fill(0);
    for (let k = 0; k < (rows.count[y] as number); k++) {
      const w = (rows.weight[y * rows.taps + k] as number) * scale;
      if (w === 0) continue;
      const start = offset + ((rows.first[y] as number) + k) * stride;
      if (step === 1) for (let x = 0; x < width; x++) line[x] = (line[x] as number) + w * (data[start + x] as number);
      else for (let x = 0, i = start; x < width; x++, i += step) line[x] = (line[x] as number) + w * (data[i] as number);
    }
    for (let x = 0; x < outWidth; x++) {
      const first = columns.first[x] as number;
      const base = x * columns.taps;
      let sum = 0;
      for (let k = 0, n = columns.count[x] as number; k < n; k++) sum += (columns.weight[base + k] as number) * (line[first + k] as number);
      out[y * outWidth + x] = sum;
    }
  }
}
