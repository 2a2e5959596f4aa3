/**
 * A table of learned positions for another size of pictures (as `interpolate_pos_encoding` of transformers): each place takes some of the places that were learned. Which and how much
 * depends on the sizes alone, so that it is a constant matrix.
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops } from "@foley-control/graph";

/** How places between places are filled. */
export interface PositionFilter {
  /** Cubic, as PyTorch has it, or straight lines. */
  readonly kernel: "bicubic" | "bilinear";
  /** Whether a smaller table takes from all places that one of its own covers. */
  readonly antialias: boolean;
}

/** [rows, columns]. */
export type Grid = readonly [rows: number, columns: number];

/** Cubic convolution (Keys 1981); PyTorch has −0.75 for pictures as they are and −0.5 where it antialiases. */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** Weights [to × from] along one axis. */
function along(from: number, to: number, { kernel, antialias }: PositionFilter): Float64Array {
  const weights = new Float64Array(to * from);
  const scale = from / to;
  const stretch = antialias ? Math.max(scale, 1) : 1;
  const reach = (kernel === "bicubic" ? 2 : 1) * stretch;
  const value = (distance: number) =>
    kernel === "bicubic" ? cubic(distance, antialias ? -0.5 : -0.75) : Math.max(0, 1 - Math.abs(distance));
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale - 0.5;
    const [first, last] = [Math.floor(centre - reach), Math.ceil(centre + reach)];
    let sum = 0;
    const put = (place: number, weight: number) => {
      weights[at * from + place] = (weights[at * from + place] as number) + weight;
      sum += weight;
    };
    for (let place = first; place <= last; place++) {
      const weight = value((place - centre) / stretch);
      // What lies beyond the edge is the edge, or, antialiased, is not there.
      if (!antialias) put(Math.min(from - 1, Math.max(0, place)), weight);
      else if (place >= 0 && place < from) put(place, weight);
    }
    for (let place = 0; place < from; place++) weights[at * from + place] = (weights[at * from + place] as number) / sum;
  }
  return weights;
}

/** positions [from rows · from columns, width] → [to rows · to columns, width]; the same table where the sizes agree. */
export function resizedPositions(positions: GraphValue, from: Grid, to: Grid, filter: PositionFilter): GraphValue {
  if (from[0] === to[0] && from[1] === to[1]) return positions;
  const [down, across] = [along(from[0], to[0], filter), along(from[1], to[1], filter)];
  const matrix = new Float32Array(to[0] * to[1] * from[0] * from[1]);
  let at = 0;
  for (let row = 0; row < to[0]; row++)
    for (let column = 0; column < to[1]; column++)
      for (let y = 0; y < from[0]; y++)
        for (let x = 0; x < from[1]; x++)
          matrix[at++] = (down[row * from[0] + y] as number) * (across[column * from[1] + x] as number);
  return ops.matmul(float(matrix, [to[0] * to[1], from[0] * from[1]]), positions);
}
