/**
 * Numbers between 0 and 1 as features: cosines, then sines, of frequencies that rise exponentially (stable-audio-3 `models/blocks.py`
 * `ExpoFourierFeatures`). The fastest turns by 62,832, where neighbouring float32 are 0.004 apart: rounding decides what a time is, so that
 * every product is rounded as the reference rounds it.
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops } from "@foley-control/graph";

/** Slowest and fastest frequency. */
const [SLOWEST, FASTEST] = [0.5, 10_000];

/** Where the reference's exponential is not the nearest float32, for 128 frequencies, which all releases have: units in the last place. */
const ROUNDED: Readonly<Record<number, number>> = { 26: -1, 27: 1, 44: 1, 86: -1, 124: 1 };

/** So many of them, float32. */
export function expoFrequencies(count: number): Float32Array {
  const { fround } = Math;
  const [low, span] = [fround(Math.log(SLOWEST)), fround(Math.log(FASTEST) - Math.log(SLOWEST))];
  const step = fround(1 / (count - 1));
  // The reference counts from both ends to the middle.
  const ramp = (i: number): number => fround(i < Math.floor(count / 2) ? step * i : 1 - step * (count - 1 - i));
  const found = Float32Array.from({ length: count }, (_, i) => Math.exp(fround(fround(ramp(i) * span) + low)));
  const bits = new Uint32Array(found.buffer);
  if (count === 128) for (const [i, units] of Object.entries(ROUNDED)) bits[Number(i)] = (bits[Number(i)] as number) + units;
  return found;
}

/**
 * 2π in three parts: products of the first two with whole numbers up to 2¹⁴ are exact in float32, so that what is left of an angle after
 * all its turns is exact too. No device's cosine is asked for large angles, of which some know little.
 */
const TURN = [6.28125, 0.001934051513671875, 1.255665914356996e-6] as const;

/** The angle less its whole turns. */
function withoutTurns(angle: GraphValue): GraphValue {
  const turns = ops.floor(ops.add(ops.multiply(angle, 1 / (2 * Math.PI)), 0.5));
  return TURN.reduce((left, part) => ops.subtract(left, ops.multiply(turns, part)), angle);
}

/** [batch] → [batch, features]. */
export function expoFeatures(values: GraphValue, features: number): GraphValue {
  const frequencies = float(expoFrequencies(features / 2), [1, features / 2]);
  const angle = ops.multiply(ops.multiply(ops.multiply(ops.reshape(values, [-1, 1]), frequencies), 2), Math.PI);
  const left = withoutTurns(angle);
  return ops.concat([ops.cos(left), ops.sin(left)], 1);
}
