/** What happens in a clip, without making a sound for it. Pictures go from the file to the encoder window by window, however long the clip is. */
import { type EventTrack, FoleyError, type ProgressListener } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { findContacts, frameLogits } from "@foley-control/video-encoder";
import { eventEncoder, later } from "../clip/events.js";
import { resolveSpan } from "../clip/span.js";
import type { FoleyHost, FoleyParts } from "../parts.js";
import type { Take } from "../take.js";
import { wrong } from "../wrong.js";
import type { Executables } from "./executables.js";
import { encodeVideo, leaseVideoEncoder } from "./video-tokens.js";
import { planWindows } from "./windows.js";

/** One request for events. */
export interface FindEventsOptions<Source> {
  /** The clip, of any length. */
  readonly video: Source;
  /** Where in the clip to begin, seconds. Default 0. */
  readonly start?: number | undefined;
  /** How much of the clip is looked at, seconds. Default: to the end of the picture. */
  readonly duration?: number | undefined;
  /** Logit from which on a frame holds a contact: 0 finds what is as likely as not, more finds less. Default: that of the encoder. */
  readonly threshold?: number | undefined;
  /** What to do with a clip that is cut off: refuse it, or hold the last good frame. Default "throw". */
  readonly onError?: "throw" | "hold" | undefined;
  /** Stops the work between two windows. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what is going on. */
  readonly onProgress?: ProgressListener | undefined;
}

/** What was found in a clip. */
export interface FoundEvents {
  /** The events, with the times of the clip. */
  readonly events: EventTrack;
  /** How likely a contact is over time: value k is the logit of frame k, which stands for the time start + (k + ½) / frameRate. */
  readonly curve: { readonly start: number; readonly frameRate: number; readonly logits: Float32Array };
  /** Logit from which on a frame held a contact. */
  readonly threshold: number;
  /** Identifier of the encoder that found them. */
  readonly encoder: string;
}

/** Looks for events, see `Foley.findEvents`. */
export async function findEvents<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
  executables: Executables,
  options: FindEventsOptions<Source>,
): Promise<FoundEvents> {
  const { video, signal, onError, onProgress } = options;
  if (video === undefined) throw wrong("video", undefined, "a clip", "Pass { video }.");
  const encoder = eventEncoder(parts.encoder, "Events were asked for");
  const threshold = options.threshold ?? encoder.contacts.threshold;
  if (!Number.isFinite(threshold)) throw wrong("threshold", threshold, "a number");
  const media = await host.open(video, { onError, signal });
  try {
    const span = resolveSpan(options, media.info);
    using lease = await leaseVideoEncoder(executables, encoder);
    // As `generate` looks at it.
    const shots = planWindows(parts.backbone, span.duration).length > 1;
    const reading = { seconds: span.duration, shots, onError, signal, onProgress };
    const { contacts } = await encodeVideo(media, encoder, lease.executable, span, reading);
    if (!contacts) throw new FoleyError("bad-weights", `The video encoder "${encoder.id}" gave no contacts.`);
    return {
      events: later(findContacts(contacts, { ...encoder.contacts, threshold }), span.start),
      curve: { start: span.start, frameRate: contacts.frameRate, logits: frameLogits(contacts) },
      threshold,
      encoder: encoder.id,
    };
  } finally {
    media.dispose();
  }
}
