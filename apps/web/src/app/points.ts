/** Times of a clip that one jumps to: its ends, edges of cues, events, onsets of what is heard. */
import { eventsOf } from "../document/commands.js";
import type { StudioDocument } from "../document/document.js";
import type { FoleyEvent } from "../document/imports.js";

/** All of them, in order, each once. */
export function pointsOf(
  document: StudioDocument,
  found: readonly FoleyEvent[] | undefined,
  duration: number,
): readonly number[] {
  const points = new Set([0, duration]);
  for (const { cues } of document.layers)
    for (const cue of cues) {
      for (const edge of [cue.start, cue.end]) points.add(edge);
      for (const { time } of eventsOf(cue, found)) points.add(time);
      for (const time of cue.takes.find(({ id }) => id === cue.chosen)?.onsets ?? []) points.add(time);
    }
  return [...points].filter((point) => point >= 0 && point <= duration).toSorted((a, b) => a - b);
}
