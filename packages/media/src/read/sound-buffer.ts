/**
 * Decoded blocks of sound, put where their timestamps say. Blocks follow each other without a seam while their timestamps
 * agree to within 2 ms (containers round to milliseconds); a larger jump is a real gap, which stays silent, or an overlap,
 * which is overwritten.
 */

import type { Pcm } from "../audio/pcm.js";
import { resample } from "../audio/resample.js";

/** Largest disagreement in seconds that counts as rounding. */
export const TIMESTAMP_ROUNDING = 0.002;

/** Collects exactly `length` samples. */
export class SoundBuffer {
  readonly #rate: number;
  readonly #channels: Float32Array[];
  #next: number | undefined;

  constructor(rate: number, channels: number, length: number) {
    this.#rate = rate;
    this.#channels = Array.from({ length: channels }, () => new Float32Array(length));
  }

  /** Seconds collected so far. */
  get seconds(): number {
    return (this.#next ?? 0) / this.#rate;
  }

  /** Adds one block that begins `time` seconds after the start of the buffer, perhaps before it. */
  add(block: readonly Float32Array[], time: number, rate = this.#rate): void {
    const parts = rate === this.#rate ? block : block.map((channel) => resample(channel, rate, this.#rate));
    const stated = Math.round(time * this.#rate);
    const at = this.#next !== undefined && Math.abs(stated - this.#next) <= TIMESTAMP_ROUNDING * this.#rate ? this.#next : stated;
    this.#channels.forEach((channel, index) => {
      const part = parts[index];
      if (!part) return;
      const from = Math.max(0, -at);
      const to = Math.min(part.length, channel.length - at);
      if (to > from) channel.set(part.subarray(from, to), at + from);
    });
    this.#next = at + (parts[0]?.length ?? 0);
  }

  /** What was collected from `from` to `to`, in seconds of the buffer; what is missing, and what lies outside, is silent. */
  pcm(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Pcm {
    for (const channel of this.#channels) {
      if (from > 0) channel.fill(0, 0, Math.round(from * this.#rate));
      if (to * this.#rate < channel.length) channel.fill(0, Math.max(0, Math.round(to * this.#rate)));
    }
    return { sampleRate: this.#rate, channels: this.#channels };
  }
}
