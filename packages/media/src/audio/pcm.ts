/** Planar audio in memory: the one form in which sound enters and leaves this package. */
import { assertHas, assertKind, FoleyError, shown } from "@foley-control/core";
import { mixingGains } from "./down-mix.js";

/** Planar audio: one `Float32Array` per channel, all of the same length, samples in [-1, 1] by convention, not clipped. */
export interface Pcm {
  /** Samples per second of one channel, in Hz. */
  readonly sampleRate: number;
  /** One array per channel, equally long. */
  readonly channels: readonly Float32Array[];
}

/** Number of samples of one channel. */
export function pcmLength(pcm: Pcm): number {
  return pcm.channels[0]?.length ?? 0;
}

function checkCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new FoleyError("invalid-argument", `${name} is ${shown(value)}; a whole number from ${least} on was expected.`, {
    hint: "Pass the sound first, then the number.",
  });
}

/** Cuts or pads with silence at the end so that every channel has exactly `length` samples. Returns `pcm` itself when it already has. */
export function fitLength(pcm: Pcm, length: number): Pcm {
  checkPcm(pcm, "pcm");
  checkCount("length", length, 0);
  if (pcmLength(pcm) === length) return pcm;
  return {
    sampleRate: pcm.sampleRate,
    channels: pcm.channels.map((channel) => {
      if (channel.length >= length) return channel.slice(0, length);
      const padded = new Float32Array(length);
      padded.set(channel);
      return padded;
    }),
  };
}

/**
 * Changes the number of channels, by the loudspeakers that they are meant for (ITU-R BS.775-3): 5.1 to stereo puts the centre and the
 * surrounds into left and right 3 dB lower and leaves the low-frequency effects out; to mono is the mean of that stereo. One channel is copied
 * to both of two and goes into the centre of more. Sums may exceed 1. Beyond eight channels, the first `count` are kept.
 */
export function withChannels(pcm: Pcm, count: number): Pcm {
  checkPcm(pcm, "pcm");
  checkCount("count", count, 1);
  const { channels, sampleRate } = pcm;
  if (channels.length === count) return pcm;
  const length = pcmLength(pcm);
  const gains = mixingGains(channels.length, count);
  const heard = (target: number): Float32Array => {
    if (!gains) return channels[target] ?? new Float32Array(length);
    const parts = channels.flatMap((channel, source) => {
      const gain = gains[source]?.[target] ?? 0;
      return gain === 0 ? [] : [{ channel, gain }];
    });
    if (parts.length === 1 && parts[0]?.gain === 1) return parts[0].channel;
    const sum = new Float32Array(length);
    for (const { channel, gain } of parts)
      for (let i = 0; i < length; i++) sum[i] = (sum[i] as number) + gain * (channel[i] as number);
    return sum;
  };
  return { sampleRate, channels: Array.from({ length: count }, (_, target) => heard(target)) };
}

/** `first · gains[0] + second · gains[1]`, sample by sample, as long as the longer of the two, with the channels of the wider one. */
export function mixPcm(first: Pcm, second: Pcm, gains: readonly [number, number]): Pcm {
  if (first.sampleRate !== second.sampleRate) {
    const what = `Two sounds of ${first.sampleRate} Hz and ${second.sampleRate} Hz cannot be summed.`;
    throw new FoleyError("invalid-argument", what, { hint: "Resample one of them first." });
  }
  const count = Math.max(first.channels.length, second.channels.length);
  const length = Math.max(pcmLength(first), pcmLength(second));
  const [a, b] = [withChannels(fitLength(first, length), count), withChannels(fitLength(second, length), count)];
  return {
    sampleRate: first.sampleRate,
    channels: a.channels.map((channel, index) => {
      const other = b.channels[index] as Float32Array;
      return Float32Array.from(channel, (value, i) => value * gains[0] + (other[i] as number) * gains[1]);
    }),
  };
}

/** Throws a {@link FoleyError} unless `pcm` is well formed; `what` names the argument in the message. */
export function checkPcm(pcm: Pcm, what: string): void {
  const hint = "Pass { sampleRate, channels: [Float32Array, …] }, as readAudio() gives it.";
  assertHas(what, pcm, "channels", "sound as { sampleRate, channels }", hint);
  if (!Number.isFinite(pcm.sampleRate) || pcm.sampleRate <= 0) {
    const said = `${what}.sampleRate is ${shown(pcm.sampleRate)}; a positive number of Hz was expected.`;
    throw new FoleyError("invalid-argument", said, { hint });
  }
  assertKind(`${what}.channels`, pcm.channels, "list", "Pass a list of channels, [samples] for one.");
  if (pcm.channels.length === 0)
    throw new FoleyError("invalid-argument", `${what} has no channels; at least one was expected.`, { hint });
  for (const [i, channel] of pcm.channels.entries())
    if (!(channel instanceof Float32Array))
      throw new FoleyError("invalid-argument", `${what}.channels[${i}] is ${shown(channel)}; a Float32Array was expected.`, {
        hint: "Make one with Float32Array.from(samples).",
      });
  const lengths = pcm.channels.map((channel) => channel.length);
  if (new Set(lengths).size > 1) {
    const some = lengths.slice(0, 8).join(", ");
    throw new FoleyError("shape-mismatch", `${what} has channels of ${some} samples; all must be equally long.`, {
      hint: "Cut or pad them to one length.",
    });
  }
}
