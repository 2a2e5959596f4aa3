/** bfloat16 is the upper half of a float32; no runtime here computes in it, so it is widened when read. */

/**
 * Widens bfloat16 bit patterns to float32, exactly.
 *
 * @param bits - bit patterns
 */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/**
 * Rounds float32 to bfloat16 bit patterns, to nearest with ties to even; NaN stays NaN (quiet).
 *
 * @param values - numbers to round
 */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const word = words[i] as number;
    const isNaN = (word & 0x7fffffff) > 0x7f800000;
    bits[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return bits;
}
