/**
 * Which source pixels make one output pixel, along one axis.
 *
 * Shrinking averages over the exact area that an output pixel covers (fractional at its ends); enlarging interpolates
 * linearly between pixel centres. Both keep a constant picture constant: the weights of every output pixel sum to 1.
 */

/** Weights of one axis: output pixel i is the sum over k < count[i] of source[first[i] + k] · weight[i · taps + k]. */
export interface AxisWeights {
  /** Source pixels per output pixel at most. */
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weight: Float32Array;
}

/**
 * Weights for the source interval [`from`, `to`) resized to `size` pixels.
 *
 * @param length pixels in the source; indices outside are clamped to its edge.
 */
export function axisWeights(length: number, from: number, to: number, size: number): AxisWeights {
  const scale = (to - from) / size;
  const taps = scale > 1 ? Math.ceil(scale) + 1 : 2;
  const first = new Int32Array(size);
  const count = new Int32Array(size);
  const weight = new Float32Array(size * taps);
  const put = (i: number, k: number, position: number, value: number): void => {
    // Beyond the edge the edge pixel counts once more.
    const clamped = Math.min(Math.max(position, 0), length - 1) - (first[i] as number);
    weight[i * taps + clamped] = (weight[i * taps + clamped] as number) + value;
    count[i] = Math.max(count[i] as number, clamped + 1, k > 0 ? 1 : 0);
  };
  for (let i = 0; i < size; i++) {
    if (scale > 1) {
      const begin = from + i * scale;
      const end = begin + scale;
      const start = Math.floor(begin + 1e-9);
      first[i] = Math.min(Math.max(start, 0), length - 1);
      for (let position = start; position < end - 1e-9; position++) {
        put(i, position - start, position, (Math.min(position + 1, end) - Math.max(position, begin)) / scale);
      }
    } else {
      const centre = from + (i + 0.5) * scale - 0.5;
      const start = Math.floor(centre);
      const fraction = centre - start;
      first[i] = Math.min(Math.max(start, 0), length - 1);
      put(i, 0, start, 1 - fraction);
      if (fraction > 0) put(i, 1, start + 1, fraction);
    }
  }
  return { taps, first, count, weight };
}
