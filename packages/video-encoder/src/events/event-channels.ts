/** A track of events as the last channels of video tokens: what a bridge is told of when something is to be heard, and how hard. */
import { type EventTrack, FoleyError, type PlainTensor, type VideoEncoder } from "@foley-control/core";

/**
 * Channels of a token that tell events: whether events are known at all, then for every quarter of the token's time what share of an
 * event falls there, then the same times its strength.
 */
export const EVENT_CHANNELS = 9;

/** Parts of a token's time in which events are told apart. */
const PARTS = (EVENT_CHANNELS - 1) / 2;

/**
 * The event channels of a track: [tokens, {@link EVENT_CHANNELS}]. Every event is shared out between the two nearest parts of a token, so that
 * its time can be read to a fraction of one.
 *
 * @param tokenRate - tokens per second; token j covers the time from j / tokenRate on
 */
export function eventChannels(track: EventTrack, tokens: number, tokenRate: number): Float32Array {
  const data = new Float32Array(tokens * EVENT_CHANNELS);
  for (let token = 0; token < tokens; token++) data[token * EVENT_CHANNELS] = 1;
  const add = (part: number, share: number, strength: number): void => {
    if (part < 0 || part >= tokens * PARTS) return;
    const at = Math.floor(part / PARTS) * EVENT_CHANNELS + 1 + (part % PARTS);
    data[at] = (data[at] as number) + share;
    data[at + PARTS] = (data[at + PARTS] as number) + share * strength;
  };
  for (const { time, strength } of track) {
    // Part p stands for the moment in its middle.
    const place = time * tokenRate * PARTS - 0.5;
    const part = Math.floor(place);
    add(part, part + 1 - place, strength);
    add(part + 1, place - part, strength);
  }
  return data;
}

/** What of an encoder decides how events stand in its tokens. */
type Telling = Pick<VideoEncoder, "id" | "contacts" | "tokenRate" | "tokenWidth">;

/**
 * Tokens that tell of these events: their last channels are filled, the others stay. An encoder that finds no contacts has no such channels.
 *
 * @param tokens - [1, steps, tokenWidth]
 * @throws FoleyError `unsupported` for an encoder without contacts
 */
export function withEvents(tokens: PlainTensor<"float32">, encoder: Telling, track: EventTrack): PlainTensor<"float32"> {
  if (!encoder.contacts)
    throw new FoleyError("unsupported", `The video encoder "${encoder.id}" has no place for events in its tokens.`, {
      hint: "Take an encoder that finds contacts, and a bridge that was trained on it.",
    });
  const { tokenWidth: width, tokenRate } = encoder;
  const steps = tokens.shape[1] as number;
  const channels = eventChannels(track, steps, tokenRate);
  const data = tokens.data.slice();
  for (let step = 0; step < steps; step++)
    data.set(channels.subarray(step * EVENT_CHANNELS, (step + 1) * EVENT_CHANNELS), (step + 1) * width - EVENT_CHANNELS);
  return { ...tokens, data };
}

/**
 * Tokens that tell of events and of nothing else, as if there were no picture.
 *
 * @param steps - how many
 * @param level - how lively what lasts moves at a time in seconds, 0 to 1, for an encoder that says so. Default: nothing does
 * @throws FoleyError `unsupported` for an encoder without contacts
 */
export function eventTokens(
  track: EventTrack,
  encoder: Telling,
  steps: number,
  level?: (time: number) => number,
): PlainTensor<"float32"> {
  const { tokenWidth: width, tokenRate, contacts } = encoder;
  const data = new Float32Array(steps * width);
  if (level && contacts?.level !== undefined)
    for (let step = 0; step < steps; step++) data[step * width + contacts.level] = level((step + 0.5) / tokenRate);
  return withEvents({ dtype: "float32", shape: [1, steps, width], data }, encoder, track);
}
