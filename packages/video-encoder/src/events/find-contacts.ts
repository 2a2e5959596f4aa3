/** Contact logits → events: the moments at which the picture says that something touches. */
import type { ContactOutput, EventTrack, FoleyEvent } from "@foley-control/core";

/** What an encoder's graph gives for a clip. */
export interface ContactLogits {
  /** Frames per second. */
  readonly frameRate: number;
  /** [frames, rows·columns]. */
  readonly cells: Float32Array;
  /** [frames], 0 to 1. */
  readonly strengths: Float32Array;
}

/** The logit of each frame: log of the summed odds of its cells. */
export function frameLogits({ cells, strengths }: Pick<ContactLogits, "cells" | "strengths">): Float32Array {
  const frames = strengths.length;
  const count = cells.length / Math.max(1, frames);
  return Float32Array.from({ length: frames }, (_, frame) => {
    const of = cells.subarray(frame * count, (frame + 1) * count);
    const top = of.reduce((most, logit) => Math.max(most, logit), -Infinity);
    return top + Math.log(of.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  });
}

/**
 * Peaks of the frames' logits above the threshold, the higher one first where two are too close. Times lie between frames where a peak
 * leans to one side (a parabola through three logits).
 */
export function findContacts(logits: ContactLogits, contacts: ContactOutput): EventTrack {
  const { frameRate, cells, strengths } = logits;
  const { threshold, spacing, lag } = contacts;
  const levels = frameLogits(logits);
  const at = (frame: number) => levels[Math.min(levels.length - 1, Math.max(0, frame))] as number;
  const peaks = [...levels.keys()]
    .filter(
      (frame) =>
        at(frame) >= threshold && at(frame) >= at(frame - 1) && (at(frame) > at(frame + 1) || frame === levels.length - 1),
    )
    .sort((a, b) => at(b) - at(a) || a - b);
  return spaced(peaks, spacing * frameRate)
    .sort((a, b) => a - b)
    .map((frame): FoleyEvent => {
      const [before, peak, after] = [at(frame - 1), at(frame), at(frame + 1)];
      const bend = before - 2 * peak + after;
      const lean = bend < 0 ? Math.min(0.5, Math.max(-0.5, (0.5 * (before - after)) / bend)) : 0;
      return {
        time: Math.max(0, (frame + 0.5 + lean) / frameRate - lag),
        strength: Math.min(1, Math.max(0.05, strengths[frame] as number)),
        place: placeOf(
          cells.subarray((frame * cells.length) / levels.length, ((frame + 1) * cells.length) / levels.length),
          contacts.cells,
        ),
        source: "encoder",
      };
    });
}

/** Of frames, best first, those that are not too close to a better one; a stretch as long as the distance holds one at most. */
function spaced(frames: readonly number[], distance: number): number[] {
  const kept = new Map<number, number>();
  const stretch = Math.max(1, distance);
  for (const frame of frames) {
    const at = Math.floor(frame / stretch);
    const near = [at - 1, at, at + 1].some((one) => Math.abs((kept.get(one) ?? Infinity) - frame) < distance);
    if (!near) kept.set(at, frame);
  }
  return [...kept.values()];
}

/** The middle of the cell that says it loudest. */
function placeOf(cells: Float32Array, [, columns]: readonly [number, number]) {
  const best = cells.reduce((most, logit, cell) => (logit > (cells[most] as number) ? cell : most), 0);
  const rows = cells.length / columns;
  return { x: ((best % columns) + 0.5) / columns, y: (Math.floor(best / columns) + 0.5) / rows };
}
