/** A track as people read it. */
import type { EventTrack } from "@foley-control/core";
import { printable } from "../terminal/print.js";
import { type Colour, table } from "../terminal/style.js";

/** A table in order of time, and how many there are. */
export function trackText(events: EventTrack, seconds: number, paint: (text: string, colour: Colour) => string): string {
  const rows = events.map(({ time, strength, place, kind }) => [
    time.toFixed(3),
    strength.toFixed(2),
    place ? `${place.x.toFixed(2)}, ${place.y.toFixed(2)}` : "",
    printable(kind ?? ""),
  ]);
  const count = `${events.length} ${events.length === 1 ? "event" : "events"} in ${seconds.toFixed(2)} s\n`;
  return rows.length === 0 ? count : table(["seen at (s)", "strength", "place (x, y)", "kind"], rows, paint) + count;
}
