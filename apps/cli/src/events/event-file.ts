/** Event files that a person gives to a command. */
import type { EventTrack } from "@foley-control/core";
import { readTextFile } from "@foley-control/files/node";
import { type EventFormat, type ReadEventsOptions, readEvents } from "@foley-control/media";

/** Kinds of scene events whose sound begins slowly: there is no moment to meet. */
const soft = new Set(["stroke", "start", "peak", "stop"]);

/** Whether an event of this kind starts sharply; events without a kind do. */
export const hasSharpOnset = (kind: unknown): boolean => !(typeof kind === "string" && soft.has(kind));

/**
 * The events of a file, JSON or CSV, that are heard at the moment when they are seen: of a rendered scene's truth its contacts.
 *
 * @throws FoleyError `bad-file` when the file is missing, or an event is wrong, which it names.
 */
export async function readEventFile(path: string, clip: Pick<ReadEventsOptions, "duration" | "frameRate">): Promise<EventTrack> {
  const text = await readTextFile(path, { hint: "Give a list of seconds, or what `foley events` or `foley scenes` writes." });
  return readEvents(text, { ...clip, name: `"${path}"` }).filter(({ kind }) => hasSharpOnset(kind));
}

/** The format that a file's name asks for, if it is one of event files. */
export const eventFormat = (extension: string): EventFormat | undefined =>
  extension === ".json" ? "json" : extension === ".csv" ? "csv" : undefined;
