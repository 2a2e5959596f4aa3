/** A clip is looked at before a model is loaded: what is wrong with it, or with the stretch that was asked for, is said at once. */
import { type EventTrack, FoleyError } from "@foley-control/core";
import { openMedia, readAudio } from "@foley-control/media/node";
import { checkRequest, type KnownSound } from "@foley-control/pipeline/node";
import { readEventFile } from "../events/event-file.js";
import { rangesOf } from "../values.js";
import type { Settings } from "./settings.js";

/** What files beside a clip say of its sound. */
export interface Told {
  /** What is to be heard. */
  readonly events: EventTrack | undefined;
  /** What is there already. */
  readonly known: KnownSound | undefined;
}

/**
 * Opens a clip; nothing of it is decoded.
 *
 * @returns what the files say that the flags name, held against the clip
 * @throws FoleyError what `generate` would throw; how long a clip may be is known only when there is a model
 */
export async function lookAt(
  clip: string,
  flags: Pick<Settings, "start" | "duration" | "events" | "tolerant" | "sound" | "range">,
  signal: AbortSignal,
): Promise<Told> {
  const { start, duration, events, tolerant, sound, range } = flags;
  if (range !== undefined && sound === undefined)
    throw new FoleyError("invalid-argument", "--range was given without --sound.", {
      hint: "Name the sound of which a part stays.",
    });
  using media = await openMedia(clip, { onError: tolerant ? "hold" : "throw", signal });
  checkRequest({ start, duration }, media.info);
  const { video } = media.info;
  return {
    events: events === undefined ? undefined : await readEventFile(events, { duration: video?.duration, frameRate: video?.fps }),
    known:
      sound === undefined
        ? undefined
        : { sound: await readAudio(sound, { signal }), anew: range === undefined ? undefined : rangesOf(range) },
  };
}
