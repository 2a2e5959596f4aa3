/** A track as an event file, JSON or CSV: what `readEvents` reads. */
import { assertKind, type EventTrack } from "@foley-control/core";
import { EVENTS_VERSION } from "./read-events.js";

/** Formats of event files. */
export type EventFormat = "json" | "csv";

/** Tenths of a millisecond say all that a time can tell. */
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/**
 * A track as text. Times are rounded to 0.1 ms, strengths and places to a thousandth.
 *
 * @param options - `clip`: name of the clip, which JSON tells
 */
export function writeEvents(
  track: EventTrack,
  format: EventFormat,
  { clip }: { readonly clip?: string | undefined } = {},
): string {
  assertKind("track", track, "list", 'Pass the events first, then "csv" or "json".');
  const rows = track.map(({ time, strength, place, kind, source }) => ({
    time: rounded(time, 4),
    // Never 0: that would be none.
    strength: Math.max(0.001, rounded(strength, 3)),
    ...(place && { place: { x: rounded(place.x, 3), y: rounded(place.y, 3) } }),
    ...(kind !== undefined && { kind }),
    source,
  }));
  if (format === "json") {
    const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
    const list = lines.length > 0 ? `[\n${lines.join(",\n")}\n  ]` : "[]";
    const named = clip === undefined ? "" : `  "clip": ${JSON.stringify(clip)},\n`;
    return `{\n  "version": ${EVENTS_VERSION},\n${named}  "events": ${list}\n}\n`;
  }
  const lines = rows.map(({ time, strength, place, kind, source }) =>
    [time, strength, place?.x ?? "", place?.y ?? "", quoted(kind ?? ""), source].join(","),
  );
  return `${["time,strength,x,y,kind,source", ...lines].join("\n")}\n`;
}

/** A cell that begins as a formula does would be run by a spreadsheet; `readEvents` takes the mark off again. */
function quoted(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n\r']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
