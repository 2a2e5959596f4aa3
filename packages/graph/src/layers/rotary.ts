/**
 * Rotary position embedding (Su et al. 2021) as a product with constant tables: rotated = x·cos + (x·P)·sin, where P
 * turns each pair by a quarter. Tables are computed in float64 here, never on the device.
 */
import type { GraphValue } from "@foley-control/core";
import { add, concat, multiply, negate, reshape, slice } from "../ops/functions.js";
import { float } from "../value.js";

/** Cosines and sines per row, [rows, width]. */
export interface RotaryTables {
  /** Cosine of each row's angle per channel. */
  readonly cos: GraphValue;
  /** Sine of each row's angle per channel. */
  readonly sin: GraphValue;
  /** Leading channels of a head that are rotated; the rest pass through. */
  readonly width: number;
  /** Which channels form a pair: (j, j + width/2) as in GPT-NeoX and Stable Audio, or (2j, 2j + 1) as in V-JEPA 2. */
  readonly pairs: "half-split" | "adjacent";
}

/**
 * Half-split tables: angle of channel j and j + width/2 is position·10000^(−2j/width).
 *
 * @param positions - One per row; need not be integers.
 * @param width - Rotated channels per head, even.
 */
export function rotaryTables(positions: readonly number[], width: number): RotaryTables {
  const half = width / 2;
  const cos = new Float32Array(positions.length * width);
  const sin = new Float32Array(positions.length * width);
  positions.forEach((position, row) => {
    for (let j = 0; j < half; j++) {
      const angle = position * 10000 ** ((-2 * j) / width);
      for (const channel of [j, j + half]) {
        cos[row * width + channel] = Math.cos(angle);
        sin[row * width + channel] = Math.sin(angle);
      }
    }
  });
  return { cos: float(cos, [positions.length, width]), sin: float(sin, [positions.length, width]), width, pairs: "half-split" };
}

/** Rotates x [..., rows, headWidth] by tables of as many rows. */
export function rotary(x: GraphValue, tables: RotaryTables): GraphValue {
  const last = x.shape.length - 1;
  const whole = x.shape[last] as number;
  const turning = slice(x, last, 0, tables.width);
  const turned = add(multiply(turning, tables.cos), multiply(quarterTurn(turning, tables.pairs), tables.sin));
  return tables.width === whole ? turned : concat([turned, slice(x, last, tables.width, whole)], last);
}

/** Every pair (a, b) becomes (−b, a). */
function quarterTurn(x: GraphValue, pairs: RotaryTables["pairs"]): GraphValue {
  const last = x.shape.length - 1;
  const width = x.shape[last] as number;
  if (pairs === "half-split") return concat([negate(slice(x, last, width / 2, width)), slice(x, last, 0, width / 2)], last);
  const paired = reshape(x, [...x.shape.slice(0, -1), width / 2, 2]);
  return reshape(concat([negate(slice(paired, last + 1, 1, 2)), slice(paired, last + 1, 0, 1)], last + 1), x.shape);
}
