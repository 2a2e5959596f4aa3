/** Onsets of a filmed clip's sound: those that stand out. The contacts were found by the same rule in the clips' own sound. */
import { detectOnsets } from "@foley-control/signal";

/** A recording has more onsets than things that touch: these stand out. */
const OPTIONS = { thresholdDb: 3, levelRangeDb: 30, minimumSpacingSeconds: 0.08 } as const;
/** How much quieter than the loudest one an onset may be, dB. */
const QUIETEST = 20;
/** Least strength, dB. */
const WEAKEST = 5;
/** What lies closer to an end of the clip may be cut, seconds. */
const EDGE = 0.1;

/** Seconds, in order. */
export function sharpOnsets(samples: Float32Array, sampleRate: number): readonly number[] {
  const { times, strengths, levels } = detectOnsets(samples, sampleRate, OPTIONS);
  const loudest = levels.reduce((most, level) => Math.max(most, level), -Infinity);
  const end = samples.length / sampleRate - EDGE;
  return times.filter(
    (time, i) =>
      time >= EDGE && time <= end && (levels[i] as number) >= loudest - QUIETEST && (strengths[i] as number) >= WEAKEST,
  );
}
