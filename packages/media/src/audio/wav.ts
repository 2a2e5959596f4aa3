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

/** A WAV file of exactly the given samples. Full scale 1.0 is 2^(bits−1); +1.0 itself clips to the largest integer. */
export function encodeWav(pcm: Pcm, options: WavOptions = {}): Uint8Array<ArrayBuffer> {
  checkPcm(pcm, "pcm");
  assertKind("options", options, "object", "Pass { bits: 24 }, or leave it out.");
  const { bits = 16 } = options;
  const float = bits === "32f";
  if (!float && bits !== 16 && bits !== 24)
    throw new FoleyError("invalid-argument", `bits is ${shown(bits)}; 16, 24 or "32f" were expected.`, {
      hint: "Leave it out for 16.",
    });
  const bytes = float ? 4 : bits / 8;
  const { channels, sampleRate } = pcm;
  if (!Number.isInteger(sampleRate))
    throw new FoleyError("invalid-argument", `A WAV file needs a whole sample rate; ${sampleRate} Hz was given.`, {
      hint: "Resample it first with resamplePcm().",
    });
  const length = pcmLength(pcm);
  const align = channels.length * bytes;
  const dataBytes = length * align;
  // Floats carry a longer format chunk and a fact chunk (Microsoft "New Multimedia Data Types and Data Techniques", 1994).
  const header = float ? 58 : 44;
  const padding = dataBytes % 2;
  if (header + dataBytes + padding - 8 > 0xffffffff)
    throw new FoleyError("too-long", "The sound does not fit into a WAV file (4 GiB).", { hint: "Write FLAC or split it." });
  const out = new Uint8Array(header + dataBytes + padding);
  const view = new DataView(out.buffer);
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) out[at + i] = value.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, out.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, float ? 18 : 16, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * align, true);
  view.setUint16(32, align, true);
  view.setUint16(34, bytes * 8, true);
  if (float) {
    text(38, "fact");
    view.setUint32(42, 4, true);
    view.setUint32(46, length, true);
  }
  text(header - 8, "data");
  view.setUint32(header - 4, dataBytes, true);
  const full = float ? 1 : 2 ** (bits - 1);
  channels.forEach((channel, index) => {
    for (let i = 0, at = header + index * bytes; i < length; i++, at += align) {
      const value = channel[i] as number;
      if (float) view.setFloat32(at, value, true);
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
