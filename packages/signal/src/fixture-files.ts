/** Readers for this package's golden files, and the formula their input waves are made by. Used by tests only. */
import { readFileSync } from "node:fs";

/** Tensors of a safetensors file in `fixtures/`. */
export function readFixture(name: string): Record<string, { shape: number[]; data: Float32Array | Uint8Array }> {
  const file = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors: Record<string, { shape: number[]; data: Float32Array | Uint8Array }> = {};
  for (const [key, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const bytes = Uint8Array.from(file.subarray(8 + headerLength + data_offsets[0], 8 + headerLength + data_offsets[1]));
    tensors[key] = { shape, data: dtype === "U8" ? bytes : new Float32Array(bytes.buffer) };
  }
  return tensors;
}

/** A tone, a chirp, noise and clicks from integer arithmetic alone: the same samples in every language. */
export function fixtureWave(rate: number, length: number, seed: number, kind: number): Float32Array {
  const divide = (a: number, b: number) => Math.floor(a / b);
  const TWO32 = 2 ** 32;
  const increment0 = divide((200 + 37 * (seed % 11)) * TWO32, rate);
  const increment1 = divide((500 + 61 * (kind % 7)) * TWO32, rate);
  const slope = divide(divide(900 * TWO32, rate), rate);
  const period = divide(rate * (3 + (kind % 5)), 10);
  const first = divide(rate, 20) + ((seed * 977 + kind * 131) % divide(rate, 10));
  const salt = (crc32("synth:noise") ^ seed) >>> 0;
  const parabola = (phase: number) => {
    const s = ((phase >>> 16) << 16) >> 16;
    return (s * (32768 - Math.abs(s))) >> 13;
  };
  const out = new Float32Array(length);
  for (let t = 0; t < length; t++) {
    const triangle = ((t * (t + 1)) / 2) % TWO32;
    const phase0 = Number((BigInt(t) * BigInt(increment0)) & 0xffffffffn);
    const phase1 = Number((BigInt(t) * BigInt(increment1) + BigInt(triangle) * BigInt(slope)) & 0xffffffffn);
    const tone = (parabola(phase0) * (6000 + 500 * (kind % 5))) >> 15;
    const chirp = (parabola(phase1) * 7000) >> 15;
    const nz = (hash((t + salt) >>> 0) >>> 16) - 32768;
    const noise = (nz * (400 + 300 * (kind % 4))) >> 15;
    let click = 0;
    if (t >= first) {
      const k = (t - first) % period;
      if (k < divide(rate, 4)) click = ((nz * 12000) >> 15) >> Math.min(divide(k * 64, rate), 30);
    }
    out[t] = Math.max(-32768, Math.min(32767, tone + chirp + noise + click)) / 32768;
  }
  return out;
}

function hash(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Largest |a − b|, after a check of the lengths. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

/** ‖a − b‖ / ‖b‖. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}
