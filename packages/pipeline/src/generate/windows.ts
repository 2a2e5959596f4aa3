/**
 * A sound longer than a backbone samples at once, window by window. Each window begins with what the one before has made, which is held
 * while the rest is sampled, so that what sounds goes on; the end of a window, made without knowing what follows, is made again, and the one goes over
 * into the other there. Everything is counted in latents from the beginning, so that a window is the same wherever the plan was begun.
 */
import { latentsFor } from "@foley-control/audio-backbone";
import type { AudioBackbone } from "@foley-control/core";
import { SLACK } from "../clip/span.js";

/** How much of the sound before a window knows, seconds; together with what is made again an eighth of 12 s, which is what joining costs. */
const KNOWN_SECONDS = 0.75;
/** How much of the end of a window is made again by the next one, seconds: long enough that a step from one to the other is a slope. */
const AGAIN_SECONDS = 0.75;

/** One sampling, counted in latents. */
export interface Window {
  /** First latent. */
  readonly from: number;
  /** The one behind the last; that of the last window may be behind the end of the sound. */
  readonly to: number;
  /** First latent of the stretch in which its sound takes over from that of the window before. */
  readonly joint: number;
  /** First latent that this window decides: the end of that stretch. Those before it are known from the window before. */
  readonly fresh: number;
  /** First latent that is left to the next window, or the end of the sound. */
  readonly until: number;
}

/** Windows of one length that cover `seconds`, in order: one where the backbone samples as much at once. */
export function planWindows(backbone: Pick<AudioBackbone, "codec" | "seconds">, seconds: number): readonly Window[] {
  const { codec } = backbone;
  const total = latentsFor(codec, seconds);
  const rate = codec.sampleRate / codec.hop;
  const length = Math.floor(backbone.seconds.maximum * rate + 1e-6);
  if (seconds <= backbone.seconds.maximum + SLACK) return [{ from: 0, to: total, joint: 0, fresh: 0, until: total }];
  const part = (asked: number, most: number): number =>
    Math.max(1, Math.min(Math.round(asked * rate), Math.floor(length * most)));
  const [known, again] = [part(KNOWN_SECONDS, 0.25), part(AGAIN_SECONDS, 0.125)];
  const windows: Window[] = [];
  for (let fresh = 0; fresh < total; ) {
    // Also the last window is as long as the others, and what is behind the end is cut off: a network that sounds otherwise at the end of what it
    // makes than at its beginning would be heard to.
    const from = Math.max(0, fresh - known);
    const to = from + length;
    const until = to >= total ? total : to - again;
    windows.push({ from, to, joint: from, fresh, until });
    fresh = until;
  }
  return windows;
}

/** Seconds from the beginning at which a latent begins. */
export const latentTime = ({ codec }: Pick<AudioBackbone, "codec">, latent: number): number =>
  (latent * codec.hop) / codec.sampleRate;
