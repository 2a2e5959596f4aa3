/** A clip is looked at before a model is loaded: what is wrong with it, or with the stretch that was asked for, is said at once. */
import type { EventTrack } from "@foley-control/core";
import { openMedia } from "@foley-control/media/node";
import { checkRequest } from "@foley-control/pipeline/node";
import { readEventFile } from "../events/event-file.js";
import type { Settings } from "./settings.js";

/**
 * Opens a clip; nothing of it is decoded.
 *
 * @returns the events of the file that the flags name, held against the clip
 * @throws FoleyError what `generate` would throw; how long a clip may be is known only when there is a model
 */
export async function lookAt(
  clip: string,
  flags: Pick<Settings, "start" | "duration" | "events" | "tolerant">,
  signal: AbortSignal,
): Promise<EventTrack | undefined> {
  const { start, duration, events, tolerant } = flags;
  using media = await openMedia(clip, { onError: tolerant ? "hold" : "throw", signal });
  checkRequest({ start, duration }, media.info);
  const { video } = media.info;
  return events === undefined ? undefined : readEventFile(events, { duration: video?.duration, frameRate: video?.fps });
}
