/**
 * What a moved time lands on: within eight pixels at any zoom. The nearest of the playhead, onsets, other events and edges; of two as near the
 * first in that order; else the nearest picture. One flat list, so that it never fights itself.
 */

/** What there is to land on, in the order in which it wins when two are as near. */
export const SNAP_KINDS = ["playhead", "onset", "event", "edge"] as const;

/** One place to land on. */
export interface SnapPlace {
  readonly kind: (typeof SNAP_KINDS)[number];
  readonly time: number;
}

/** Where it landed. */
export interface Snapped {
  readonly time: number;
  /** What it landed on; `undefined` for nothing at all. */
  readonly kind: SnapPlace["kind"] | "frame" | undefined;
}

/** Pixels from which a place pulls. */
export const SNAP_PIXELS = 8;

/** Lets a time land. */
export function snapped(
  time: number,
  places: readonly SnapPlace[],
  { pixelsPerSecond, frameRate }: { readonly pixelsPerSecond: number; readonly frameRate: number },
): Snapped {
  const reach = SNAP_PIXELS / pixelsPerSecond;
  let best: SnapPlace | undefined;
  let least = reach;
  for (const kind of SNAP_KINDS)
    for (const place of places) {
      if (place.kind !== kind) continue;
      const distance = Math.abs(place.time - time);
      if (distance < least - 1e-9 || (best === undefined && distance <= reach)) [best, least] = [place, distance];
    }
  if (best) return best;
  const frame = Math.round(time * frameRate) / frameRate;
  return Math.abs(frame - time) <= reach ? { time: frame, kind: "frame" } : { time, kind: undefined };
}
