/** The last touch on decoded sound: exact length, a short fade at the end, and less of it where it would clip. */
import { applyGain, createLimiter, fadeOut } from "@foley-control/signal";

/** Length of the fade at the end, seconds. */
const FADE_SECONDS = 0.005;
/** Highest peak that is left alone, dB relative to full scale. */
const PEAK_CEILING_DB = -1;

/** Finished channels. */
export interface FinishedSound {
  readonly channels: readonly Float32Array[];
  /** Static gain that was applied, dB; 0 unless the peak was above the ceiling. */
  readonly gainDb: number;
}

/** Cuts or pads channels to `round(seconds × rate)` samples, fades their end, and lowers them as a whole when they are too loud. */
export function finishSound(channels: readonly Float32Array[], sampleRate: number, seconds: number): FinishedSound {
  const ended = endSound(channels, Math.round(seconds * sampleRate), sampleRate, seconds);
  let peak = 0;
  for (const channel of ended) for (const value of channel) peak = Math.max(peak, Math.abs(value));
  const peakDb = 20 * Math.log10(peak);
  if (!(peakDb > PEAK_CEILING_DB)) return { channels: ended, gainDb: 0 };
  return applyGain(ended, PEAK_CEILING_DB - peakDb);
}

/** Finishes sound of which the rest is not there yet. */
export interface SoundFinisher {
  /** Most that was taken from it so far, dB, 0 or less. */
  readonly gainDb: number;
  /** Takes what comes next; gives what is finished. */
  push(channels: readonly Float32Array[], last: boolean): readonly Float32Array[];
}

/**
 * What is there at once is lowered as a whole, so that nothing in it changes against the rest. Of what comes in pieces nobody knows how loud the
 * rest will be: there each peak is turned down where it is.
 *
 * @param limited - turns peaks down also in what is there at once: beside sound that stays as it is
 */
export function createFinisher(
  channelCount: number,
  sampleRate: number,
  seconds: number,
  { limited = false }: { readonly limited?: boolean } = {},
): SoundFinisher {
  const length = Math.round(seconds * sampleRate);
  const limiter = createLimiter(channelCount, sampleRate, PEAK_CEILING_DB);
  let taken = 0;
  let whole: FinishedSound | undefined;
  return {
    get gainDb() {
      return whole?.gainDb ?? (limiter.reductionDb === 0 ? 0 : -limiter.reductionDb);
    },
    push(channels, last) {
      if (last && taken === 0 && !limited) {
        whole = finishSound(channels, sampleRate, seconds);
        return whole.channels;
      }
      const left = length - taken;
      taken += channels[0]?.length ?? 0;
      if (!last) return limiter.push(channels);
      const early = limiter.push(endSound(channels, left, sampleRate, seconds));
      const late = limiter.finish();
      return early.map((channel, index) => {
        const end = late[index] as Float32Array;
        const out = new Float32Array(channel.length + end.length);
        out.set(channel);
        out.set(end, channel.length);
        return out;
      });
    },
  };
}

/** The end of a sound: so many samples, the last of them faded. */
function endSound(
  channels: readonly Float32Array[],
  length: number,
  sampleRate: number,
  seconds: number,
): readonly Float32Array[] {
  return channels.map((channel) => {
    const exact = new Float32Array(length);
    exact.set(channel.subarray(0, length));
    return fadeOut(exact, sampleRate, Math.min(FADE_SECONDS, seconds));
  });
}
