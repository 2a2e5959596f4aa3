/** A sound at another rate, still read in parts: each is converted with a little of what lies around it, so that parts join without a seam. */
import { HIGH_QUALITY_RESAMPLING, resample } from "@foley-control/signal";
import type { SoundSource } from "./player.js";

/** Seconds of its surroundings that a part is converted with; the filter is far shorter. */
const SURROUNDINGS = 0.02;

/** The sound at `sampleRate`; itself when it has that rate. */
export function atRate(source: SoundSource, sampleRate: number): SoundSource {
  const { sampleRate: own, duration } = source;
  if (own === sampleRate) return source;
  const frames = Math.round(duration * own);
  const margin = Math.ceil(SURROUNDINGS * own);
  return {
    ...source,
    sampleRate,
    async read(from, to) {
      // The part begins at a frame of both rates' grids only when it is cut at a whole second of the source's divisor: converted from there.
      const step = own / greatestCommonDivisor(own, sampleRate);
      const first = Math.max(0, Math.floor((from * own) / sampleRate / step) * step - Math.ceil(margin / step) * step);
      const last = Math.min(frames, Math.ceil((to * own) / sampleRate) + margin);
      const skip = from - (first * sampleRate) / own;
      const read = await source.read(first, Math.max(first, last));
      return read.map((channel) => {
        const part = new Float32Array(to - from);
        part.set(resample(channel, own, sampleRate, HIGH_QUALITY_RESAMPLING).subarray(skip, skip + to - from));
        return part;
      });
    },
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
