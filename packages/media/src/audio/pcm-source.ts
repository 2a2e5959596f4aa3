/** Sound that need not be in memory: what is long lies on a disk, and whoever needs it reads it piece by piece. */
import { FoleyError, shown } from "@foley-control/core";
import { checkPcm, type Pcm, pcmLength } from "./pcm.js";

/** Sound that is read piece by piece. */
export interface PcmSource {
  /** Samples per second of one channel, in Hz. */
  readonly sampleRate: number;
  /** How many channels there are. */
  readonly channelCount: number;
  /** Samples of one channel. */
  readonly length: number;
  /** Samples [from, to) of every channel, which are not changed afterwards. */
  read(from: number, to: number): Promise<readonly Float32Array[]>;
}

/** Sound in memory, or sound that is read. */
export type Sound = Pcm | PcmSource;

/**
 * Any sound as one that is read.
 *
 * @param what - names the argument in messages
 * @throws FoleyError `invalid-argument` unless it is well formed
 */
export function pcmSource(sound: Sound, what: string): PcmSource {
  if (!isSource(sound)) {
    checkPcm(sound, what);
    const { sampleRate, channels } = sound;
    const read = async (from: number, to: number): Promise<readonly Float32Array[]> =>
      channels.map((channel) => channel.subarray(from, to));
    return { sampleRate, channelCount: channels.length, length: pcmLength(sound), read };
  }
  const { sampleRate, channelCount, length } = sound;
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (!(Number.isFinite(sampleRate) && sampleRate > 0) || !whole(channelCount, 1) || !whole(length, 0))
    throw new FoleyError(
      "invalid-argument",
      `${what} has ${shown(channelCount)} channels of ${shown(length)} samples at ${shown(sampleRate)} Hz; sound was expected.`,
      { hint: "Pass { sampleRate, channelCount, length, read }." },
    );
  return sound;
}

const isSource = (sound: Sound): sound is PcmSource =>
  typeof sound === "object" && sound !== null && "read" in sound && typeof sound.read === "function";
