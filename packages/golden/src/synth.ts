/** The integer synthesiser that makes the sounds of golden cases: the same samples in every language. */
import { crc32, hash } from "./hash.js";

/** What is synthesised. */
export interface Synth {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples. */
  readonly n: number;
  /** Changes pitch, noise and the place of the first click. */
  readonly seed: number;
  /** Changes loudness, chirp and the distance of the clicks. */
  readonly kind: number;
}

/** A tone, a chirp, noise and clicks as 16-bit samples. */
export function synthesise({ sampleRate, n, seed, kind }: Synth): Int16Array {
  const increment = (hertz: number) => Math.floor((hertz * 2 ** 32) / sampleRate);
  const tone = increment(200 + 37 * (seed % 11));
  const chirp = increment(500 + 61 * (kind % 7));
  const slope = Math.floor(increment(900) / sampleRate);
  const noise = (crc32("synth:noise") ^ seed) >>> 0;
  const period = Math.floor((sampleRate * (3 + (kind % 5))) / 10);
  const first = Math.floor(sampleRate / 20) + ((seed * 977 + kind * 131) % Math.floor(sampleRate / 10));
  const samples = new Int16Array(n);
  // 1 + 2 + … + t
  let triangle = 0;
  for (let t = 0; t < n; t++) {
    triangle = (triangle + t) | 0;
    const noisy = (hash(t + noise) >>> 16) - 32768;
    const sinceFirst = t - first;
    const sinceClick = sinceFirst >= 0 ? sinceFirst % period : Number.POSITIVE_INFINITY;
    const decay = Math.min(Math.floor((sinceClick * 64) / sampleRate), 30);
    const click = sinceClick < Math.floor(sampleRate / 4) ? shifted(noisy * 12000, 15) >> decay : 0;
    const sum =
      shifted(parabola(Math.imul(t, tone)) * (6000 + 500 * (kind % 5)), 15) +
      shifted(parabola((Math.imul(t, chirp) + Math.imul(triangle, slope)) | 0) * 7000, 15) +
      shifted(noisy * (400 + 300 * (kind % 4)), 15) +
      click;
    samples[t] = Math.max(-32768, Math.min(32767, sum));
  }
  return samples;
}

/** Rows of synthesised samples, one below the other, divided by `scale`. */
export function synthesisedRows(rows: readonly Synth[], scale: number): Float32Array<ArrayBuffer> {
  const parts = rows.map(synthesise);
  const data = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) for (const sample of part) data[at++] = sample / scale;
  return data;
}

/** A WAV file with the 44-byte header, 16 bits, channels interleaved. */
export function wavFile(channels: readonly Int16Array[], sampleRate: number): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const file = Buffer.alloc(44 + frames * channels.length * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels.length, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * channels.length * 2, 28);
  file.writeUInt16LE(channels.length * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(file.length - 44, 40);
  for (let t = 0; t < frames; t++)
    for (const [c, samples] of channels.entries()) file.writeInt16LE(samples[t] ?? 0, 44 + (t * channels.length + c) * 2);
  return file;
}

/** A sine of parabolas over a 32-bit phase. */
function parabola(phase: number): number {
  const s = phase >> 16;
  return shifted(s * (32768 - Math.abs(s)), 13);
}

/** Shift to the right of numbers that need more than 32 bits. */
const shifted = (value: number, bits: number): number => Math.floor(value / 2 ** bits);
