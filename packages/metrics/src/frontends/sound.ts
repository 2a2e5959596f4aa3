/**
 * From a file's channels to the one channel that a network hears. av-benchmark has a different loader for almost every network; they
 * are kept apart here on purpose, since numbers move when they are mixed up.
 */
import { FoleyError } from "@foley-control/core";
import { resample, type Samples } from "@foley-control/signal";

/** A sound as it lies in its file. */
export interface Sound {
  /** Channels of equal length. */
  readonly channels: readonly Samples[];
  /** Hz. */
  readonly sampleRate: number;
}

/**
 * For VGGish, PANNs, PaSST and LAION-CLAP: the mean of the channels, less the mean of the whole file, brought to the network's rate, and
 * of that the first seconds. A shorter sound stays shorter.
 *
 * @param sampleRate - Hz that the network wants.
 * @param seconds - Seconds that are kept. Default: all.
 * @throws FoleyError `invalid-argument` for a sound without samples or one that is not finite.
 */
export function centredMono(sound: Sound, sampleRate: number, seconds?: number): Float32Array {
  const mono = monoOf(sound);
  let mean = 0;
  for (let i = 0; i < mono.length; i++) mean += mono[i]!;
  mean = Math.fround(mean / mono.length);
  for (let i = 0; i < mono.length; i++) mono[i]! -= mean;
  const out = resample(mono, sound.sampleRate, sampleRate);
  return seconds === undefined ? out : out.subarray(0, Math.trunc(sampleRate * seconds));
}

/**
 * For Synchformer: the mean of the channels at 16 kHz, its constant part left in.
 *
 * @param seconds - Seconds that are kept; a sound that is shorter is an error, since av-benchmark leaves it out.
 * @throws FoleyError `invalid-argument` for a sound that is too short, without samples or not finite.
 */
export function plainMono(sound: Sound, seconds: number, sampleRate = 16000): Float32Array {
  const out = resample(monoOf(sound), sound.sampleRate, sampleRate);
  const wanted = Math.trunc(sampleRate * seconds);
  if (out.length < wanted)
    throw new FoleyError(
      "invalid-argument",
      `The sound lasts ${out.length} samples at ${sampleRate} Hz; expected ${wanted} for ${seconds} s.`,
      { hint: "Leave the clip out, or evaluate a shorter stretch of all clips." },
    );
  return out.subarray(0, wanted);
}

/**
 * For MS-CLAP: the channels one after the other, each brought to the network's rate, their constant parts left in. Of a stereo sound that is
 * long enough it hears the left channel only.
 *
 * @param length - Samples that are wanted of all channels together.
 * @throws FoleyError `invalid-argument` or `shape-mismatch` for a sound without samples or not finite.
 */
export function endToEnd({ channels, sampleRate: from }: Sound, sampleRate: number, length: number): Float32Array {
  checkSound(channels);
  const joined = new Float32Array(length);
  let at = 0;
  for (const channel of channels) {
    if (at >= length) break;
    const part = resample(channel, from, sampleRate).subarray(0, length - at);
    joined.set(part, at);
    at += part.length;
  }
  return joined.subarray(0, at);
}

/** As long as the network wants: cut at the end, or zeros after it. PaSST hears 320000 samples, two seconds of them zeros for 8 s. */
export function padded(samples: Samples, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(samples.subarray(0, length));
  return out;
}

/**
 * As long as LAION-CLAP wants: whole copies one after the other, then zeros. What is longer is cut at the end, where the reference cuts at
 * random.
 */
export function repeated(samples: Samples, length: number): Float32Array {
  const out = new Float32Array(length);
  const copies = samples.length === 0 ? 0 : Math.max(1, Math.floor(length / samples.length));
  for (let copy = 0; copy < copies; copy++) out.set(samples.subarray(0, length), copy * samples.length);
  return out;
}

/**
 * As long as MS-CLAP wants: copies one after the other, the last one cut. What is longer is cut at the end, where the reference cuts at
 * random.
 */
export function tiled(samples: Samples, length: number): Float32Array {
  const out = new Float32Array(length);
  for (let at = 0; samples.length > 0 && at < length; at += samples.length) out.set(samples.subarray(0, length - at), at);
  return out;
}

/** Mean over the channels in float32. */
function monoOf({ channels }: Sound): Float32Array {
  const length = checkSound(channels);
  const mono = new Float32Array(length);
  for (const channel of channels) for (let i = 0; i < length; i++) mono[i]! += channel[i]!;
  if (channels.length > 1) for (let i = 0; i < length; i++) mono[i]! /= channels.length;
  return mono;
}

/**
 * Number of samples per channel; throws unless there are some, as many in each channel, all finite.
 *
 * @throws FoleyError `invalid-argument` or `shape-mismatch`.
 */
export function checkSound(channels: readonly Samples[]): number {
  const length = channels[0]?.length ?? 0;
  if (length === 0)
    throw new FoleyError("invalid-argument", "The sound has no samples; expected at least one channel with some.", {
      hint: "Check that the file is whole.",
    });
  for (const [index, channel] of channels.entries()) {
    if (channel.length !== length)
      throw new FoleyError("shape-mismatch", `Channel ${index} has ${channel.length} samples; the first has ${length}.`, {
        hint: "Pass channels of one sound.",
      });
    for (let i = 0; i < length; i++)
      if (!Number.isFinite(channel[i]))
        throw new FoleyError(
          "invalid-argument",
          `Sample ${i} of channel ${index} is ${channel[i]}; expected finite numbers only.`,
          {
            hint: "The sound is damaged; make it again.",
          },
        );
  }
  return length;
}

/** Seconds that a sound lasts. */
export const durationOf = ({ channels, sampleRate }: Sound): number => (channels[0]?.length ?? 0) / sampleRate;

/** For sounds that something needs more of. */
export const tooShort = (who: string, seconds: number): FoleyError =>
  new FoleyError("invalid-argument", `The sound is too short: ${who} needs at least ${seconds} s.`, {
    hint: "Leave the clip out.",
  });
