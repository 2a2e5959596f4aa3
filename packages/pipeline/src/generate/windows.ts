/**
 * A sound longer than a backbone samples at once, window by window. Each window begins with what the one before has made, which is held
 * while the rest is sampled, so that what sounds goes on; the very end of a window, made without knowing what follows, is made again.
 * Everything is counted in latents from the beginning, so that a window is the same wherever the plan was begun.
 */
import { latentsFor } from "@foley-control/audio-backbone";
import type { AudioBackbone } from "@foley-control/core";
import { SLACK } from "../clip/span.js";

/** How much of the sound before a window knows, seconds. */
const KNOWN_SECONDS = 1;
/** How much of the end of a window is made again by the next one, seconds. */
const AGAIN_SECONDS = 0.5;

/** One sampling, counted in latents. */
export interface Window {
  /** First latent. */
  readonly from: number;
  /** The one behind the last. */
  readonly to: number;
  /** First latent of the stretch in which its sound takes over from that of the window before. */
  readonly joint: number;
  /** First latent that this window decides: the end of that stretch. Those before it are known from the window before. */
  readonly fresh: number;
  /** First latent that is left to the next window. */
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
    // The last window ends with the sound: it knows more of what is before it.
    const from = Math.min(Math.max(0, fresh - known), total - length);
    const to = from + length;
    const until = to === total ? total : to - again;
    windows.push({ from, to, joint: Math.max(0, fresh - known), fresh, until });
    fresh = until;
  }
  return windows;
}

/** Seconds from the beginning at which a latent begins. */
export const latentTime = ({ codec }: Pick<AudioBackbone, "codec">, latent: number): number =>
  (latent * codec.hop) / codec.sampleRate;
