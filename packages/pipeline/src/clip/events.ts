/** Events that someone gives: checked, and as they lie in the stretch that gets sound. */
import { type ContactOutput, type EventTrack, FoleyError, type VideoEncoder } from "@foley-control/core";
import { wrong } from "../wrong.js";
import type { Span } from "./span.js";

/** An encoder that finds contacts, and so has a place for events in its tokens. */
export type EventEncoder = VideoEncoder & { readonly contacts: ContactOutput };

/**
 * The encoder, if it knows of events.
 *
 * @param wanted - what needs it, the beginning of a sentence
 * @throws FoleyError `unsupported` that says which encoder does not
 */
export function eventEncoder(encoder: VideoEncoder | undefined, wanted: string): EventEncoder {
  if (encoder?.contacts) return encoder as EventEncoder;
  const what = encoder ? `the video encoder "${encoder.id}" knows of none` : "this model has no video encoder that does";
  throw new FoleyError("unsupported", `${wanted}, and ${what}.`, {
    hint: "Take a model whose video encoder finds contacts, such as the embedded one.",
  });
}

/**
 * Checks a track.
 *
 * @throws FoleyError `invalid-argument` that names the event
 */
export function checkEvents(events: EventTrack): EventTrack {
  if (!Array.isArray(events)) throw wrong("events", events, "a list of events");
  for (const [index, event] of events.entries()) {
    const { time, strength } = event ?? {};
    if (!Number.isFinite(time) || time < 0) throw wrong(`events[${index}].time`, time, "0 or more seconds");
    if (!(strength > 0 && strength <= 1)) throw wrong(`events[${index}].strength`, strength, "more than 0 and at most 1");
  }
  return [...events].sort((a, b) => a.time - b.time);
}

/** The events of a stretch, with the times of the clip. */
export const eventsIn = (events: EventTrack, { start, duration }: Span): EventTrack =>
  events.filter(({ time }) => time >= start && time < start + duration);

/** Events with other times: `seconds` later. */
export const later = (events: EventTrack, seconds: number): EventTrack =>
  seconds === 0 ? events : events.map((event) => ({ ...event, time: event.time + seconds }));
