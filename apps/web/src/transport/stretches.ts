/** Which stretch of the clip sounds when: what is planned ahead of the clock, and where in the clip a moment of the clock lies. Pure. */

/** A stretch of the clip that is played from a moment of the audio clock on. All in seconds. */
export interface Stretch {
  /** When it begins, on the clock. */
  readonly at: number;
  /** How long it sounds, on the clock. */
  readonly length: number;
  /** Where in the clip it begins. */
  readonly from: number;
  /** Clip seconds per second; negative plays backwards. */
  readonly rate: number;
}

/** A range of the clip that comes again and again. */
export interface Loop {
  readonly start: number;
  readonly end: number;
}

/** Longest stretch, seconds of the clock. */
export const STRETCH_SECONDS = 0.5;
/** Shortest loop, so that a loop of nothing does not plan for ever. */
export const SHORTEST_LOOP = 0.02;

/** Where a stretch leaves off. */
export const endOf = ({ from, length, rate }: Stretch): number => from + length * rate;

/**
 * The stretch that begins at `at` on the clock, when the clip is at `from`; `undefined` at the end of the clip, or at its start when played
 * backwards.
 */
export function nextStretch(
  at: number,
  from: number,
  { rate, duration, loop }: { readonly rate: number; readonly duration: number; readonly loop: Loop | undefined },
): Stretch | undefined {
  const inLoop = loop && loop.end - loop.start >= SHORTEST_LOOP ? loop : undefined;
  if (rate < 0) {
    const begin = inLoop && from <= inLoop.start ? inLoop.end : from;
    const limit = inLoop && begin <= inLoop.end ? inLoop.start : 0;
    const length = Math.min(STRETCH_SECONDS, (begin - limit) / -rate);
    return length > 1e-6 ? { at, length, from: begin, rate } : undefined;
  }
  const begin = inLoop && from >= inLoop.end - 1e-6 ? inLoop.start : from;
  const limit = inLoop && begin < inLoop.end ? inLoop.end : duration;
  const length = Math.min(STRETCH_SECONDS, (limit - begin) / rate);
  return length > 1e-6 ? { at, length, from: begin, rate } : undefined;
}

/** Where in the clip the clock's moment lies: before the first stretch its beginning, behind the last its end. */
export function positionAt(stretches: readonly Stretch[], moment: number): number | undefined {
  const playing = stretches.findLast(({ at }) => at <= moment) ?? stretches[0];
  if (playing === undefined) return undefined;
  return playing.from + Math.min(Math.max(0, moment - playing.at), playing.length) * playing.rate;
}
