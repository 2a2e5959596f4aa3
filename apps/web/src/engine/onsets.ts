/** Onsets of a sound that comes piece by piece: each piece is looked at together with a little of what lies before it. */
import { DEFAULT_ONSETS, detectOnsets } from "@foley-control/signal";

/** Seconds around an onset by which it is decided. */
const AROUND = 0.5;

/** Finds onsets. */
export interface OnsetFinder {
  /** Takes what comes next of the first channel; `last` says that nothing follows. */
  push(samples: Float32Array, last: boolean): void;
  /** Seconds from the beginning of the sound. */
  times(): readonly number[];
}

/** Makes one. What comes at once is what `detectOnsets` says of it. */
export function createOnsetFinder(sampleRate: number): OnsetFinder {
  const found: { readonly time: number; readonly level: number }[] = [];
  let before = new Float32Array(0);
  /** Samples from the beginning of the sound to that of `before`. */
  let at = 0;
  let decided = 0;
  return {
    push(samples, last) {
      const heard = new Float32Array(before.length + samples.length);
      heard.set(before);
      heard.set(samples, before.length);
      const until = last ? Number.POSITIVE_INFINITY : (at + heard.length) / sampleRate - AROUND;
      const { times, levels } = detectOnsets(heard, sampleRate);
      for (const [i, own] of times.entries()) {
        const time = at / sampleRate + own;
        if (time >= decided && time < until) found.push({ time, level: levels[i] as number });
      }
      decided = Math.max(decided, until);
      const kept = Math.min(heard.length, Math.round(2 * AROUND * sampleRate));
      before = heard.slice(heard.length - kept);
      at += heard.length - kept;
    },
    times() {
      const loudest = found.reduce((most, { level }) => Math.max(most, level), Number.NEGATIVE_INFINITY);
      return found.filter(({ level }) => level >= loudest - DEFAULT_ONSETS.levelRangeDb).map(({ time }) => time);
    },
  };
}
