/** Sound without a sound in it. */
import type { Pcm } from "../src/index.js";

/** Silence of `length` samples. */
export function silence(length: number, options: { readonly sampleRate: number; readonly channels?: number }): Pcm {
  return {
    sampleRate: options.sampleRate,
    channels: Array.from({ length: options.channels ?? 1 }, () => new Float32Array(length)),
  };
}
