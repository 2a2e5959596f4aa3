/**
 * Rotary position embedding (Su et al. 2021): every pair of channels turns by an angle that grows with the row's position.
 * Tables are computed in float64 here, never on the device. Where both channels of a pair turn by one angle, which is what
 * the paper means, the rotation is a single op; where they do not (V-JEPA 2.0, see its package), it is a product with
 * constant tables: rotated = x·cos + (x·P)·sin, where P turns each pair by a quarter.
 */
import type { GraphValue } from "@foley-control/core";
import { add, concat, multiply, negate, reshape, rotaryEmbedding, slice, transpose } from "../ops/functions.js";
import { float } from "../value.js";

/** Cosines and sines per row: [rows, width / 2], one angle per pair, or [rows, width], one per channel. */
export interface RotaryTables {
  /** Cosine of each row's angles. */
  readonly cos: GraphValue;
  /** Sine of each row's angles. */
  readonly sin: GraphValue;
  /** Leading channels of a head that are rotated; the rest pass through. */
  readonly width: number;
  /** Which channels form a pair: (j, j + width/2) as in GPT-NeoX and Stable Audio, or (2j, 2j + 1) as in V-JEPA 2. */
  readonly pairs: "half-split" | "adjacent";
}

/**
 * Half-split tables: angle of the pair (j, j + width/2) is position·10000^(−2j/width).
 *
 * @param positions - One per row; need not be integers.
 * @param width - Rotated channels per head, even.
 */
export function rotaryTables(positions: readonly number[], width: number): RotaryTables {
  const half = width / 2;
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  positions.forEach((position, row) => {
    for (let j = 0; j < half; j++) {
      const angle = position * 10000 ** ((-2 * j) / width);
      cos[row * half + j] = Math.cos(angle);
      sin[row * half + j] = Math.sin(angle);
    }
  });
  return { cos: float(cos, [positions.length, half]), sin: float(sin, [positions.length, half]), width, pairs: "half-split" };
}

/**
 * Rotates packed heads by tables of as many rows.
 *
 * @param x - [batch, rows, heads·headWidth].
 */
export function rotary(x: GraphValue, heads: number, tables: RotaryTables): GraphValue {
  if (tables.cos.shape[1] === tables.width / 2)
    return rotaryEmbedding(x, tables.cos, tables.sin, heads, tables.pairs === "adjacent");
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const headWidth = width / heads;
  const perHead = transpose(reshape(x, [batch, rows, heads, headWidth]), [0, 2, 1, 3]);
  const turning = slice(perHead, 3, 0, tables.width);
  const turned = add(multiply(turning, tables.cos), multiply(quarterTurn(turning, tables.pairs), tables.sin));
  const whole = tables.width === headWidth ? turned : concat([turned, slice(perHead, 3, tables.width, headWidth)], 3);
  return reshape(transpose(whole, [0, 2, 1, 3]), [batch, rows, width]);
}

/** Every pair (a, b) becomes (−b, a). */
function quarterTurn(x: GraphValue, pairs: RotaryTables["pairs"]): GraphValue {
  const last = x.shape.length - 1;
  const width = x.shape[last] as number;
  if (pairs === "half-split") return concat([negate(slice(x, last, width / 2, width)), slice(x, last, 0, width / 2)], last);
  const paired = reshape(x, [...x.shape.slice(0, -1), width / 2, 2]);
  return reshape(concat([negate(slice(paired, last + 1, 1, 2)), slice(paired, last + 1, 0, 1)], last + 1), x.shape);
}
