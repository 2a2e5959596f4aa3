/** What an encoder found in a clip as the events that its tokens tell of. */
import type { EventTrack, PlainTensor, VideoEncoder } from "@foley-control/core";
import type { EncodedVideo } from "../encode.js";
import { withEvents } from "./event-channels.js";
import { findContacts } from "./find-contacts.js";

/** A clip as a bridge reads it, and what is to be heard in it. */
export interface TokensWithEvents {
  /** [1, steps, tokenWidth]. */
  readonly tokens: PlainTensor<"float32">;
  /** Events in the clip, times from its first frame on; none from an encoder that finds no contacts. */
  readonly events: EventTrack;
}

/** Tokens that tell of the contacts which their encoder found; those of an encoder that finds none stay as they are. */
export function withFoundEvents(
  { tokens, contacts }: EncodedVideo,
  encoder: Pick<VideoEncoder, "id" | "contacts" | "tokenRate" | "tokenWidth">,
): TokensWithEvents {
  if (!contacts || !encoder.contacts) return { tokens, events: [] };
  const events = findContacts(contacts, encoder.contacts);
  return { tokens: withEvents(tokens, encoder, events), events };
}
