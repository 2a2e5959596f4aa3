/**
 * Event files: what happens in a clip, as programs and people write it. JSON is a list of times, a list of `{ time, strength, place, kind }`, or an
 * object with such a list as `events`, which the truth of a rendered scene is too; CSV (RFC 4180) has a header with `time` and perhaps
 * `strength`, `x`, `y`, `kind`, or is a bare list of times, one a line. Times are seconds, or m:ss and h:mm:ss.
 */
import { assertKind, type EventTrack, FoleyError, parseTime } from "@foley-control/core";
import { parseCsv, type Wrong } from "../lists/csv.js";
import { type EventClip, type EventEntry, eventOf, MAXIMUM_EVENTS, type PlacedEvent, trackOf } from "./check-events.js";

/** Version of the JSON that is written. */
export const EVENTS_VERSION = 1;

/** Options of {@link readEvents}. */
export interface ReadEventsOptions extends EventClip {
  /** Name of the file, for messages. Default "The list of events". */
  readonly name?: string | undefined;
}

/**
 * Reads an event file. Events may stand in any order; without a strength they have 1, without a source they are of the file.
 *
 * @param text - JSON or CSV
 * @throws FoleyError `bad-file` that names the event or line: for a time that is no time or lies beyond the clip, a strength or place outside 0 to 1, more than 20,000 events
 * @example
 * const track = readEvents("time,strength\n0.53,1\n1.12,0.4\n", { duration: 4 });
 */
export function readEvents(text: string, options: ReadEventsOptions = {}): EventTrack {
  assertKind("text", text, "text", "Read the file first and pass its text.");
  const { name = "The list of events" } = options;
  return trackOf(/^\uFEFF?\s*[[{]/.test(text) ? jsonEvents(text, name) : csvEvents(text, name), name, options);
}

const JSON_HINT = 'Write {"events": [{"time": 0.53, "strength": 1}]} or a list of seconds.';

function* jsonEvents(text: string, name: string): Generator<PlacedEvent> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new FoleyError("bad-file", `${name} is no JSON (${(cause as Error).message}).`, { hint: JSON_HINT, cause });
  }
  const { events = value, version } = value as { readonly events?: unknown; readonly version?: unknown };
  if (typeof version === "number" && version > EVENTS_VERSION) {
    throw new FoleyError("bad-file", `${name} has version ${version}; ${EVENTS_VERSION} is the newest that is read.`, {
      hint: "Update this program.",
    });
  }
  if (!Array.isArray(events)) throw new FoleyError("bad-file", `${name} holds no list of events.`, { hint: JSON_HINT });
  for (const [index, entry] of (events as unknown[]).entries()) {
    const wrong: Wrong = (what, hint) => new FoleyError("bad-file", `Event ${index + 1} of ${name} ${what}.`, { hint });
    if (typeof entry === "number" || typeof entry === "string") yield eventOf({ time: entry }, wrong);
    else if (typeof entry === "object" && entry !== null) yield eventOf(fieldsOf(entry as Record<string, unknown>), wrong);
    else throw wrong(`is ${JSON.stringify(entry)}; seconds or {"time": seconds} were expected`, JSON_HINT);
  }
}

/** Scenes say velocity, and x and y beside the time. */
function fieldsOf({ time, strength, velocity, place, x, y, visible, kind, source }: Record<string, unknown>): EventEntry {
  const flat = x !== undefined && y !== undefined && visible !== false ? { x, y } : undefined;
  return { time, strength: strength ?? velocity, place: place ?? flat, kind, source };
}

const CSV_HINT =
  "Write decimals with a point and separate by commas; name the columns in the first line: time,strength,x,y,kind.";

function* csvEvents(text: string, name: string): Generator<PlacedEvent> {
  let columns: readonly string[] | undefined;
  let count = 0;
  for (const { fields, wrong } of parseCsv(text, name)) {
    if (columns === undefined) {
      const isHeader = Number.isNaN(Number(fields[0])) && parseTime(fields[0] as string) === undefined;
      columns = isHeader ? fields.map((field) => field.toLowerCase()) : ["time"];
      if (!columns.includes("time"))
        throw wrong(`is ${JSON.stringify(fields.join(","))}; a column "time" was expected`, CSV_HINT);
      if (isHeader) continue;
    }
    if (fields.length !== columns.length) {
      const expected = `${columns.length} ${columns.length === 1 ? "was" : "were"} expected`;
      throw wrong(`has ${fields.length} fields; ${expected}`, CSV_HINT);
    }
    // Beyond this trackOf refuses the file; what follows need not be looked at.
    if (count++ > MAXIMUM_EVENTS) return;
    const row = Object.fromEntries(columns.map((column, i) => [column, fields[i] as string]));
    yield eventOf(rowOf(row), wrong);
  }
}

/** Empty fields are not there; what is no number stays text, and is refused with what it says. */
function rowOf(row: Readonly<Record<string, string>>): EventEntry {
  const number = (field: string | undefined): unknown =>
    field === undefined || field === "" ? undefined : Number.isNaN(Number(field)) ? field : Number(field);
  const word = (field: string | undefined): string | undefined =>
    field === undefined || field === "" ? undefined : field.replace(/^'(?=[=+\-@])/, "");
  const [x, y] = [number(row["x"]), number(row["y"])];
  return {
    time: number(row["time"]),
    strength: number(row["strength"]),
    place: x === undefined && y === undefined ? undefined : { x, y },
    kind: word(row["kind"]),
    source: word(row["source"]),
  };
}
