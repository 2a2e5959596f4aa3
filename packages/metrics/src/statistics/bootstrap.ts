/** Confidence intervals by drawing clips again, with replacement (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993). */
import { FoleyError } from "@foley-control/core";
import { randomState } from "./mersenne-twister.js";

/** Options of {@link bootstrap}; each default is an exported constant. */
export interface BootstrapOptions {
  /** Number of draws. Default 1000. */
  readonly draws?: number;
  /** Share of the draws inside the interval. Default 0.95. */
  readonly level?: number;
  /** Seed of the draws. Default 2020. */
  readonly seed?: number;
}

/** 1000 draws. */
export const DEFAULT_BOOTSTRAP_DRAWS = 1000;
/** 95 %. */
export const DEFAULT_BOOTSTRAP_LEVEL = 0.95;
/** 2020. */
export const DEFAULT_BOOTSTRAP_SEED = 2020;

/** The middle share of the draws. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/**
 * The interval in which a statistic lies when clips are drawn again. For means over clips and the like; not for a Fréchet distance,
 * whose bias grows when rows repeat.
 *
 * @param count - Number of clips.
 * @param statistic - The statistic over the clips of these indices; some come several times.
 * @returns `NaN` ends for fewer than two clips, or when the statistic is not finite in some draw.
 * @throws FoleyError `invalid-argument` for a level outside 0 … 1 or no draws.
 * @example
 * ```ts
 * const { low, high } = bootstrap(lags.length, (chosen) => mean(chosen.map((i) => lags[i])));
 * ```
 */
export function bootstrap(count: number, statistic: (chosen: Uint32Array) => number, options: BootstrapOptions = {}): Interval {
  const { draws = DEFAULT_BOOTSTRAP_DRAWS, level = DEFAULT_BOOTSTRAP_LEVEL, seed = DEFAULT_BOOTSTRAP_SEED } = options;
  if (!(level > 0 && level < 1) || !Number.isSafeInteger(draws) || draws < 1)
    throw new FoleyError(
      "invalid-argument",
      `A bootstrap of ${draws} draws at level ${level}; expected some, at 0 < level < 1.`,
      {
        hint: "Leave both out for 1000 draws at 0.95.",
      },
    );
  if (count < 2) return { low: Number.NaN, high: Number.NaN };
  const random = randomState(seed);
  const chosen = new Uint32Array(count);
  const found = Float64Array.from({ length: draws }, () => {
    for (let i = 0; i < count; i++) chosen[i] = Math.floor((random.uint32() / 2 ** 32) * count);
    return statistic(chosen);
  }).sort();
  if (!found.every(Number.isFinite)) return { low: Number.NaN, high: Number.NaN };
  return { low: quantile(found, (1 - level) / 2), high: quantile(found, (1 + level) / 2) };
}

/** Between the two nearest of sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const value = sorted[below]!;
  return value + (at - below) * ((sorted[below + 1] ?? value) - value);
}
