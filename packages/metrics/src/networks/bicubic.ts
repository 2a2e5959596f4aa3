/** Bicubic interpolation along one axis as a matrix: what `interpolate(mode="bicubic", align_corners=True)` of PyTorch does. */

/** The sharpness that PyTorch has (Keys 1981); Pillow's is −0.5. */
const A = -0.75;

/** Weights of the four places around one that lies `t` behind the second. */
function weightsAt(t: number): readonly number[] {
  const near = (x: number) => ((A + 2) * x - (A + 3)) * x * x + 1;
  const far = (x: number) => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/**
 * The matrix [to, from] that stretches `from` values to `to`, first on first and last on last; beyond the ends the last value repeats.
 * Places are rounded to float32, as PyTorch's are.
 */
export function bicubicMatrix(from: number, to: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(to * from);
  const step = to > 1 ? Math.fround((from - 1) / (to - 1)) : 0;
  for (let row = 0; row < to; row++) {
    const place = Math.fround(row * step);
    const first = Math.floor(place);
    for (const [i, weight] of weightsAt(Math.fround(place - first)).entries()) {
      const column = Math.min(from - 1, Math.max(0, first - 1 + i));
      matrix[row * from + column] = (matrix[row * from + column] as number) + weight;
    }
  }
  return matrix;
}
