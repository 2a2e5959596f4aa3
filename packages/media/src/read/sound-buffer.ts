/**
 * Decoded blocks of sound, put where their timestamps say. Blocks follow each other without a seam while their timestamps
 * agree to within 2 ms (containers round to milliseconds); a larger jump is a real gap, which stays silent, or an overlap,
 * which is overwritten as far as it is not given away: for a second. No more than that waits in memory.
 */

import { resample } from "../audio/resample.js";

/** Largest disagreement in seconds that counts as rounding. */
export const TIMESTAMP_ROUNDING = 0.002;

/** Seconds in which a block may still be overwritten. */
const WAITING = 1;
/** Seconds that are given away at once. */
const GIVEN = 1;

/** Gives exactly `length` samples. */
export class SoundBuffer {
  readonly #rate: number;
  readonly #length: number;
  /** The stretch that is heard, in samples; what lies outside is silent. */
  readonly #heard: readonly [number, number];
  /** What waits, from sample `#base` on. */
  #waiting: readonly Float32Array[];
  #base = 0;
  #next: number | undefined;

  /** @param heard - the stretch that is heard, seconds of the buffer */
  constructor(rate: number, channels: number, length: number, heard: readonly [number, number]) {
    this.#rate = rate;
    this.#length = length;
    const [from, to] = heard;
    this.#heard = [Math.max(0, Math.round(from * rate)), to * rate < length ? Math.max(0, Math.round(to * rate)) : length];
    this.#waiting = Array.from({ length: channels }, () => new Float32Array(Math.ceil((WAITING + GIVEN) * rate)));
  }

  /** Seconds collected so far. */
  get seconds(): number {
    return (this.#next ?? 0) / this.#rate;
  }

  /** Adds one block that begins `time` seconds after the start of the buffer, perhaps before it; gives what is finished. */
  *add(block: readonly Float32Array[], time: number, rate = this.#rate): Generator<readonly Float32Array[], void, undefined> {
    const parts = rate === this.#rate ? block : block.map((channel) => resample(channel, rate, this.#rate));
    const stated = Math.round(time * this.#rate);
    const at = this.#next !== undefined && Math.abs(stated - this.#next) <= TIMESTAMP_ROUNDING * this.#rate ? this.#next : stated;
    const end = at + (parts[0]?.length ?? 0);
    const capacity = this.#waiting[0]?.length ?? 0;
    for (let from = Math.max(at, this.#base); from < Math.min(end, this.#length); ) {
      if (from >= this.#base + capacity) {
        yield this.#give();
        continue;
      }
      const to = Math.min(end, this.#base + capacity);
      this.#waiting.forEach((channel, index) => {
        const part = parts[index];
        if (part) channel.set(part.subarray(from - at, to - at), from - this.#base);
      });
      from = to;
    }
    this.#next = end;
  }

  /** The rest; what is missing is silent. */
  *finish(): Generator<readonly Float32Array[], void, undefined> {
    while (this.#base < this.#length) yield this.#give();
  }

  /** Gives away what has waited longest. */
  #give(): readonly Float32Array[] {
    const count = Math.min(Math.ceil(GIVEN * this.#rate), this.#length - this.#base);
    const [from, to] = this.#heard.map((sample) => Math.min(Math.max(0, sample - this.#base), count)) as [number, number];
    const given = this.#waiting.map((channel) => channel.slice(0, count).fill(0, 0, from).fill(0, to));
    for (const channel of this.#waiting) {
      channel.copyWithin(0, count);
      channel.fill(0, channel.length - count);
    }
    this.#base += count;
    return given;
  }
}
