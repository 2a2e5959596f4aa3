/**
 * MT19937 (Matsumoto & Nishimura, ACM TOMACS 8, 1998) and the permutations that numpy's `RandomState` makes with it, so that what
 * the reference draws at random is drawn the same here.
 */
import { FoleyError } from "@foley-control/core";

const LENGTH = 624;
const SHIFT = 397;

/** A seeded generator as numpy's `RandomState(seed)`. */
export interface RandomState {
  /** The next word, 0 … 2³² − 1. */
  uint32(): number;
  /** The numbers 0 … count − 1 in the order of `RandomState.permutation(count)`. */
  permutation(count: number): Uint32Array;
}

/**
 * The generator that numpy's `RandomState(seed)` is.
 *
 * @param seed - An integer, 0 … 2³² − 1.
 * @throws FoleyError `invalid-argument` for another seed.
 */
export function randomState(seed: number): RandomState {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new FoleyError("invalid-argument", `The seed is ${seed}; expected an integer from 0 to ${0xffffffff}.`, {
      hint: "Pass such an integer.",
    });
  const state = new Uint32Array(LENGTH);
  state[0] = seed;
  for (let i = 1; i < LENGTH; i++) {
    const last = state[i - 1]!;
    state[i] = Math.imul(last ^ (last >>> 30), 1812433253) + i;
  }
  let at = LENGTH;
  const uint32 = (): number => {
    if (at === LENGTH) {
      for (let i = 0; i < LENGTH; i++) {
        const bits = (state[i]! & 0x80000000) | (state[(i + 1) % LENGTH]! & 0x7fffffff);
        state[i] = state[(i + SHIFT) % LENGTH]! ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let word = state[at++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
  return {
    uint32,
    permutation(count) {
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        // Words above i, cut to its bits, are drawn again, so that no place is more likely than another.
        const mask = 2 ** (32 - Math.clz32(i)) - 1;
        let j = uint32() & mask;
        while (j > i) j = uint32() & mask;
        const kept = order[i]!;
        order[i] = order[j]!;
        order[j] = kept;
      }
      return order;
    },
  };
}
