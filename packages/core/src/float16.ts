/**
 * float16 ↔ float32 (IEEE 754 binary16 and binary32), exact: subnormals, infinities and NaN payloads included, rounding to
 * nearest with ties to even. JavaScript has no float16 array everywhere yet, so float16 travels as bit patterns.
 */

const HALF_BITS = 0x3f000000;

/** float32 → bit patterns of float16. Values of 65520 and more become infinity. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const result = new Uint16Array(values.length);
  const sum = new Float32Array(1);
  const sumBits = new Uint32Array(sum.buffer);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    let half16: number;
    if (magnitude >= 0x47800000) {
      // 65536 and above, infinity, NaN (kept quiet, upper payload bits kept).
      half16 = magnitude > 0x7f800000 ? 0x7e00 | ((magnitude >>> 13) & 0x3ff) : 0x7c00;
    } else if (magnitude < 0x38800000) {
      // Below 2^-14: one unit of float16 is 2^-24, which is the unit of float32 at 0.5, so an addition rounds exactly.
      sum[0] = Math.abs(values[i] as number) + 0.5;
      half16 = (sumBits[0] as number) - HALF_BITS;
    } else {
      half16 = (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    }
    result[i] = sign | half16;
  }
  return result;
}

/** The float32 bits of every float16, made when first needed: 256 KiB, several times as fast as computing them. */
let table: Uint32Array | undefined;

/** Bit patterns of float16 → float32; always exact. */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  table ??= Uint32Array.from({ length: 0x10000 }, (_, half16) => float32Bits(half16));
  for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i] as number] as number;
  return new Float32Array(bits.buffer);
}

function float32Bits(half16: number): number {
  const sign = (half16 & 0x8000) << 16;
  const exponent = (half16 >>> 10) & 0x1f;
  const mantissa = half16 & 0x3ff;
  if (exponent === 0) {
    const [bits] = new Uint32Array(Float32Array.of(mantissa / 0x1000000).buffer);
    return sign | (bits as number);
  }
  return sign | ((exponent === 31 ? 0xff : exponent + 112) << 23) | (mantissa << 13);
}

/** Bit patterns of bfloat16, the upper half of a float32 → float32; exact. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] as number) << 16;
  return new Float32Array(words.buffer);
}
