/** What a bridge does not see of a clip in training. */
import type { PlainTensor, Random } from "@foley-control/core";

/** Shares that are left out. */
export interface VideoDrop {
  /** Of whole clips, 0 to 1. */
  readonly clips: number;
  /** Of single tokens, on average over clips, 0 to 1. */
  readonly tokens: number;
}

/**
 * Whole clips and single tokens become zeros, in place; zeros are what "no video" is. Rowles et al. (2025) leave out 10 % of the tokens.
 * Here every clip has a share of its own, between none and twice the mean: a zero token is a place where attention can rest, and a bridge
 * that never saw a clip without one does not know where to look when, in use, nothing is left out (decision 0027).
 *
 * @param video - [clips, tokens, tokenWidth]
 */
export function dropVideo({ shape, data }: PlainTensor<"float32">, random: Random, drop: VideoDrop): void {
  const [batch, tokens, width] = shape as readonly [number, number, number];
  for (let row = 0; row < batch; row++) {
    const all = random.chance(drop.clips);
    const share = Math.min(1, 2 * drop.tokens * random.uniform());
    for (let token = 0; token < tokens; token++) {
      const at = (row * tokens + token) * width;
      if (random.chance(share) || all) data.fill(0, at, at + width);
    }
  }
}
