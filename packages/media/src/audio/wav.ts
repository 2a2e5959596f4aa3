/** RIFF/WAVE files: linear PCM of 16 or 24 bits and 32-bit float, little-endian (Microsoft RIFF, WAVE_FORMAT_EXTENSIBLE not needed below 3 channels at these depths, and not written). */
import { assertKind, FoleyError, shown } from "@foley-control/core";
import { checkPcm, type Pcm, pcmLength } from "./pcm.js";

/** Sample format of a WAV file: integers of 16 or 24 bits, or "32f" for floats. */
export type WavBits = 16 | 24 | "32f";

/** Options of {@link encodeWav}. */
export interface WavOptions {
  /** Default 16. Integers are rounded to nearest, clipped at full scale, without dither, so that equal samples give equal bytes. */
  readonly bits?: WavBits | undefined;
}

/** What the header of a WAV file says. */
export interface WavShape {
  readonly sampleRate: number;
  /** Channels. */
  readonly channelCount: number;
  /** Samples of a channel. */
  readonly length: number;
}

/** A WAV file of exactly the given samples. Full scale 1.0 is 2^(bits−1); +1.0 itself clips to the largest integer. */
export function encodeWav(pcm: Pcm, options: WavOptions = {}): Uint8Array<ArrayBuffer> {
  checkPcm(pcm, "pcm");
  assertKind("options", options, "object", "Pass { bits: 24 }, or leave it out.");
  const { bits = 16 } = options;
  const { channels, sampleRate } = pcm;
  const header = wavHeader({ sampleRate, channelCount: channels.length, length: pcmLength(pcm) }, bits);
  const samples = wavSamples(channels, bits);
  const out = new Uint8Array(header.length + samples.length + (samples.length % 2));
  out.set(header);
  out.set(samples, header.length);
  return out;
}

/**
 * The beginning of a WAV file, up to its first sample; behind an odd number of bytes of samples comes one more. An open one says of a sound of
 * more than 4 GiB what programs say that write to pipes: the largest number there is.
 */
export function wavHeader({ sampleRate, channelCount, length }: WavShape, bits: WavBits, open = false): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf(bits);
  const float = bits === "32f";
  if (!Number.isInteger(sampleRate))
    throw new FoleyError("invalid-argument", `A WAV file needs a whole sample rate; ${sampleRate} Hz was given.`, {
      hint: "Resample it first with resamplePcm().",
    });
  const align = channelCount * bytes;
  const dataBytes = length * align;
  // Floats carry a longer format chunk and a fact chunk (Microsoft "New Multimedia Data Types and Data Techniques", 1994).
  const out = new Uint8Array(float ? 58 : 44);
  const total = out.length + dataBytes + (dataBytes % 2);
  if (total - 8 > LARGEST && !open)
    throw new FoleyError("too-long", "The sound does not fit into a WAV file (4 GiB).", { hint: "Write FLAC or split it." });
  const view = new DataView(out.buffer);
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) out[at + i] = value.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, Math.min(total - 8, LARGEST), true);
  text(8, "WAVEfmt ");
  view.setUint32(16, float ? 18 : 16, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, channelCount, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * align, true);
  view.setUint16(32, align, true);
  view.setUint16(34, bytes * 8, true);
  if (float) {
    text(38, "fact");
    view.setUint32(42, 4, true);
    view.setUint32(46, Math.min(length, LARGEST), true);
  }
  text(out.length - 8, "data");
  view.setUint32(out.length - 4, Math.min(dataBytes, LARGEST), true);
  return out;
}

/** Samples as they lie in a WAV file. */
export function wavSamples(channels: readonly Float32Array[], bits: WavBits): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf(bits);
  const align = channels.length * bytes;
  const length = channels[0]?.length ?? 0;
  const out = new Uint8Array(length * align);
  const view = new DataView(out.buffer);
  const full = bits === "32f" ? 1 : 2 ** (bits - 1);
  channels.forEach((channel, index) => {
    for (let i = 0, at = index * bytes; i < length; i++, at += align) {
      const value = channel[i] as number;
      if (bits === "32f") view.setFloat32(at, value, true);
      else {
        const whole = Number.isNaN(value) ? 0 : Math.min(Math.max(Math.round(value * full), -full), full - 1);
        view.setUint16(at, whole & 0xffff, true);
        if (bits === 24) {
          view.setUint8(at + 2, (whole >> 16) & 0xff);
        }
      }
    }
  });
  return out;
}

/** Bytes that a header can name. */
const LARGEST = 0xffffffff;

/** Bytes of a sample, checked. */
function bytesOf(bits: WavBits): number {
  if (bits === "32f") return 4;
  if (bits !== 16 && bits !== 24)
    throw new FoleyError("invalid-argument", `bits is ${shown(bits)}; 16, 24 or "32f" were expected.`, {
      hint: "Leave it out for 16.",
    });
  return bits / 8;
}
