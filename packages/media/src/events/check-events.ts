/** One entry of an event file → an event, or a sentence that names the entry and what is wrong with it. */
import { type EventPlace, type EventTrack, FoleyError, type FoleyEvent, parseTime } from "@foley-control/core";
import type { Wrong } from "../lists/csv.js";

/** Most events of a track: an hour at five per second is 18,000. */
export const MAXIMUM_EVENTS = 20_000;

/** Times are rounded by editors and containers; an event may lie beyond the end by this much, seconds. */
const SLACK = 0.05;

/** An entry as it stands in a file; numbers are numbers already. */
export interface EventEntry {
  readonly time?: unknown;
  readonly strength?: unknown;
  readonly place?: unknown;
  readonly kind?: unknown;
  readonly source?: unknown;
}

/** An event, and how to say that it is wrong. */
export interface PlacedEvent {
  readonly event: FoleyEvent;
  readonly wrong: Wrong;
}

/** What a clip says about its events. */
export interface EventClip {
  /** Length of the clip, seconds. Default: not known, and times are not held against it. */
  readonly duration?: number | undefined;
  /** Frames per second, to recognise times that are counted in frames. */
  readonly frameRate?: number | undefined;
}

/**
 * Checks one entry.
 *
 * @throws FoleyError `bad-file` that names it
 */
export function eventOf(entry: EventEntry, wrong: Wrong): PlacedEvent {
  const { strength = 1, kind, source = "file" } = entry;
  const time = typeof entry.time === "string" && entry.time.includes(":") ? (parseTime(entry.time) ?? entry.time) : entry.time;
  if (typeof time !== "number" || !Number.isFinite(time) || time < 0)
    throw wrong(`has ${shown(time)} as time; seconds from the start of the clip were expected`, "Correct or leave it out.");
  if (typeof strength !== "number" || !(strength > 0 && strength <= 1)) {
    const what = `has ${shown(strength)} as strength; more than 0 and at most 1 was expected`;
    throw wrong(what, "Divide all strengths by the largest; leave out what is not to be heard.");
  }
  if (kind !== undefined && (typeof kind !== "string" || kind.length > 100))
    throw wrong(`has ${shown(kind)} as kind; a word was expected`, "Correct or leave it out.");
  if (source !== "encoder" && source !== "person" && source !== "file")
    throw wrong(`has ${shown(source)} as source; encoder, person or file was expected`, "Correct or leave it out.");
  const place = placeOf(entry.place, wrong);
  return { event: { time, strength, ...(place && { place }), ...(kind && { kind }), source }, wrong };
}

function placeOf(place: unknown, wrong: Wrong): EventPlace | undefined {
  if (place === undefined || place === null) return undefined;
  const { x, y } = place as { readonly x?: unknown; readonly y?: unknown };
  const inside = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1;
  if (inside(x) && inside(y)) return { x, y };
  throw wrong(`has ${shown(x)}, ${shown(y)} as place; x and y from 0 to 1 were expected`, "Divide pixels by width and height.");
}

/** What stands in a file, so that it can be found there. */
export function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * Events in order of time, as many as a track may have, none beyond the end of the clip.
 *
 * @param name - of the file, for messages
 * @throws FoleyError `bad-file` that names the first that lies beyond, and the unit that the times seem to be in
 */
export function trackOf(entries: Iterable<PlacedEvent>, name: string, clip: EventClip): EventTrack {
  const placed: PlacedEvent[] = [];
  for (const entry of entries) {
    if (placed.length === MAXIMUM_EVENTS) {
      throw new FoleyError("bad-file", `${name} has more than ${MAXIMUM_EVENTS} events, more than are read.`, {
        hint: "Give the events of one clip.",
      });
    }
    placed.push(entry);
  }
  const { duration = Number.POSITIVE_INFINITY } = clip;
  const beyond = placed.find(({ event }) => event.time > duration + SLACK);
  if (beyond) {
    const seconds = Math.round(duration * 1000) / 1000;
    throw beyond.wrong(
      `has ${beyond.event.time} as time; the clip lasts ${seconds} s`,
      unitHint(
        placed.map(({ event }) => event.time),
        duration,
        clip.frameRate,
      ),
    );
  }
  // Editors sort as they like; what happens has an order.
  return placed.map(({ event }) => event).sort((a, b) => a.time - b.time);
}

/** Which unit times are in that do not fit the clip. */
function unitHint(times: readonly number[], duration: number, frameRate: number | undefined): string {
  const last = times.reduce((most, time) => Math.max(most, time), 0);
  const whole = times.every((time) => Number.isInteger(time));
  if (whole && frameRate !== undefined && last <= (duration + SLACK) * frameRate)
    return `This looks like frames: divide by ${Math.round(frameRate * 1000) / 1000}.`;
  const all = times.every((time) => time === 0 || time > duration);
  if ((whole || all) && last <= (duration + SLACK) * 1000) return "This looks like milliseconds: divide by 1000.";
  return "Correct it, or give the clip that the events belong to.";
}
