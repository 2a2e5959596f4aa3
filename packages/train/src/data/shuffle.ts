/** The order in which clips are trained on: every epoch another permutation, made from (seed, epoch) alone. */
import { createRandom, FoleyError } from "@foley-control/core";

/** A shuffled, endless sequence of `0 … count − 1`. */
export interface ShuffledOrder {
  /** Entries `start … start + count − 1` of the sequence. Every epoch of it holds each index once. */
  take(start: number, count: number): number[];
}

/**
 * Makes the order. It holds one permutation in memory, 4 bytes per clip.
 *
 * @param count - clips, 1 to 2³¹
 * @throws FoleyError `invalid-argument` when there are none
 */
export function shuffledOrder(count: number, seed: number | bigint): ShuffledOrder {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new FoleyError("invalid-argument", `${count} clips cannot be shuffled.`, { hint: "Keep at least one clip." });
  let held = { epoch: -1, order: new Uint32Array(0) };
  const epochOrder = (epoch: number): Uint32Array => {
    if (held.epoch === epoch) return held.order;
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const random = createRandom(seed, "epoch", epoch);
    for (let i = count - 1; i > 0; i--) {
      const j = random.integer(0, i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    held = { epoch, order };
    return order;
  };
  return {
    take: (start, size) =>
      Array.from({ length: size }, (_, i) => epochOrder(Math.floor((start + i) / count))[(start + i) % count] as number),
  };
}
