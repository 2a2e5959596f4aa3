/** How late the sound is for an event of the picture. */

/** Farthest that an onset may be from an event to belong to it, seconds. */
const FARTHEST = 0.2;

/** Seconds by which the nearest onset comes after an event; negative when it comes before; `undefined` when none is near. Onsets are in order. */
export function nearestOnset(time: number, onsets: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const onset of onsets)
    if (Math.abs(onset - time) <= FARTHEST && (best === undefined || Math.abs(onset - time) < Math.abs(best)))
      best = onset - time;
  return best;
}
