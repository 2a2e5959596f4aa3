/** How well sounds keep time with what happens: onset F1 within tolerances. */
import { detectOnsets, matchOnsets, mergeOnsets, type OnsetMatching, poolOnsetScores } from "@foley-control/signal";

/** Onsets closer than this are heard as one, seconds. */
export const ONSET_MERGE_SECONDS = 0.04;

/** When a sound begins and when things happen. */
export interface TimedSound {
  /** Onsets of the sound, seconds. */
  readonly detected: readonly number[];
  /** True times, seconds. */
  readonly truth: readonly number[];
}

/** Onset scores of several sounds together. */
export interface SyncScore {
  /** F1 at ±50 ms. */
  readonly f1At50: number;
  /** F1 at ±100 ms. */
  readonly f1At100: number;
  /** F1 at ±100 ms against the times of the next sound, what chance gives; absent for a single sound. */
  readonly f1At100Shuffled?: number | undefined;
  /** Mean of sound minus event over the pairs within ±100 ms, seconds; `NaN` without pairs. */
  readonly meanLag: number;
}

/**
 * Onsets of a sound as they are scored; close ones are one.
 *
 * @param channels - samples per channel; their mean is looked at
 * @param sampleRate - Hz
 */
export function soundOnsets(channels: readonly Float32Array[], sampleRate: number): number[] {
  const [first = new Float32Array(0)] = channels;
  const mono =
    channels.length < 2
      ? first
      : first.map((_, i) => channels.reduce((sum, channel) => sum + (channel[i] ?? 0), 0) / channels.length);
  return mergeOnsets(detectOnsets(mono, sampleRate).times, ONSET_MERGE_SECONDS);
}

/** Scores sounds: pairs and counts of all are summed before F1 is taken. Nothing for no sounds. */
export function syncScore(sounds: readonly TimedSound[]): SyncScore | undefined {
  if (sounds.length === 0) return undefined;
  const truths = sounds.map(({ truth }) => mergeOnsets(truth, ONSET_MERGE_SECONDS));
  const pooled = (tolerance: number, shift: number) =>
    poolOnsetScores(
      sounds.map(
        ({ detected }, i): OnsetMatching =>
          matchOnsets(detected, truths[(i + shift) % truths.length] as readonly number[], tolerance),
      ),
    );
  const { f1, meanLag } = pooled(0.1, 0);
  return {
    f1At50: pooled(0.05, 0).f1,
    f1At100: f1,
    ...(sounds.length > 1 && { f1At100Shuffled: pooled(0.1, 1).f1 }),
    meanLag,
  };
}
