/** Sample-rate conversion of sound that comes in blocks: the very samples that converting all of it at once gives. */
import { checkSamples } from "./check.js";
import { createResampler, type ResampleOptions } from "./resample.js";

/** Converts one channel, block by block. */
export interface ResampleStream {
  /** Takes a block; gives the samples that no later one can change. */
  push(samples: Float32Array): Float32Array;
  /** The rest: together with what `push` gave ceil(length·toRate/fromRate) samples. */
  finish(): Float32Array;
}

/**
 * A conversion of one channel from one sample rate to another; see `resample`.
 *
 * @param fromRate - Hz, an integer.
 * @param toRate - Hz, an integer.
 * @throws FoleyError `invalid-argument` for rates that are no positive integers or a bad option.
 */
export function createResampleStream(fromRate: number, toRate: number, options: ResampleOptions = {}): ResampleStream {
  const { from, to, width, process } = createResampler(fromRate, toRate, options);
  if (from === to) return { push: (samples) => samples, finish: () => new Float32Array(0) };
  /** Blocks of `from` samples that one has to have before it. */
  const before = Math.ceil(width / from);
  // What waits begins with block `first` of the whole; `done` blocks of the whole are given.
  let waiting = new Float32Array(0);
  let [first, done] = [0, 0];
  const given = (until: number): Float32Array => {
    const out = process(waiting).slice((done - first) * to, until);
    done += Math.floor(out.length / to);
    const drop = Math.max(0, Math.min(done - before, first + Math.floor(waiting.length / from)) - first);
    waiting = waiting.slice(drop * from);
    first += drop;
    return out;
  };
  return {
    push(samples) {
      checkSamples("samples", samples, "a block of one channel");
      const more = new Float32Array(waiting.length + samples.length);
      more.set(waiting);
      more.set(samples, waiting.length);
      waiting = more;
      const ready = Math.floor((waiting.length - width - from) / from) + 1;
      return ready > done - first ? given(ready * to) : new Float32Array(0);
    },
    finish: () => given(Number.POSITIVE_INFINITY),
  };
}
