/** Finished sound, with what was there already in its place again: sample by sample where it stays, in its own rate and channels. */
import { withChannels } from "@foley-control/media";
import { createResampleStream, HIGH_QUALITY_RESAMPLING } from "@foley-control/signal";
import type { KnownStretch } from "./known-sound.js";

/** What gives a sound its last form. */
export interface SoundJoiner {
  /** Hz. */
  readonly sampleRate: number;
  /** Takes what the model made; gives what is heard. */
  push(channels: readonly Float32Array[], last: boolean): readonly Float32Array[];
}

/**
 * Makes a joiner; without a sound that is there already it gives what it takes.
 *
 * @param seconds - length of the whole sound
 */
export function createJoiner(known: KnownStretch | undefined, sampleRate: number, seconds: number): SoundJoiner {
  if (!known) return { sampleRate, push: (channels) => channels };
  const { own, gainAt } = known;
  const total = Math.round(seconds * own.sampleRate);
  let streams: ReturnType<typeof createResampleStream>[] | undefined;
  let given = 0;
  return {
    sampleRate: own.sampleRate,
    push(channels, last) {
      streams ??= channels.map(() => createResampleStream(sampleRate, own.sampleRate, HIGH_QUALITY_RESAMPLING));
      const made = streams.map((stream, index) => {
        const early = stream.push(channels[index] as Float32Array);
        return last ? exactly([early, stream.finish()], total - given) : early;
      });
      const heard = withChannels({ sampleRate: own.sampleRate, channels: made }, own.channels.length).channels.map(
        (channel, index) => {
          const stays = own.channels[index] as Float32Array;
          return channel.map((value, i) => {
            const gain = gainAt(given + i);
            return gain === 0 ? value : gain * (stays[given + i] as number) + (1 - gain) * value;
          });
        },
      );
      given += heard[0]?.length ?? 0;
      return heard;
    },
  };
}

/** Parts one after the other, cut or silent at the end. */
function exactly(parts: readonly Float32Array[], length: number): Float32Array {
  const out = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part.subarray(0, length - at), at);
    at = Math.min(length, at + part.length);
  }
  return out;
}
