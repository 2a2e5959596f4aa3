/** Tables of random numbers, made once: rendering reads them from a random offset instead of drawing per sample. */
import { normalArray } from "@foley-control/core";

/** Length of every table, a power of two. */
export const NOISE_LENGTH = 65536;
/** `index & NOISE_MASK` wraps around a table. */
export const NOISE_MASK = NOISE_LENGTH - 1;

let white: Float32Array | undefined;
let pink: Float32Array | undefined;

/** Standard normal noise. */
export function whiteNoise(): Float32Array {
  white ??= normalArray(0, ["scenes", "white noise"], NOISE_LENGTH);
  return white;
}

/** Noise whose power falls 3 dB per octave, unit variance (three leaky integrators, after P. Kellet's economy filter). */
export function pinkNoise(): Float32Array {
  if (pink) return pink;
  const source = whiteNoise();
  const table = new Float32Array(NOISE_LENGTH);
  let slow = 0;
  let middle = 0;
  let fast = 0;
  let sum = 0;
  // The second round starts from the state the first one ended in, so that the table closes on itself.
  for (let round = 0; round < 2; round++) {
    sum = 0;
    for (let i = 0; i < NOISE_LENGTH; i++) {
      const w = source[i] as number;
      slow = 0.99765 * slow + w * 0.099046;
      middle = 0.963 * middle + w * 0.2965164;
      fast = 0.57 * fast + w * 1.0526913;
      const value = slow + middle + fast + w * 0.1848;
      table[i] = value;
      sum += value * value;
    }
  }
  const scale = 1 / Math.sqrt(sum / NOISE_LENGTH);
  for (let i = 0; i < NOISE_LENGTH; i++) table[i] = (table[i] as number) * scale;
  pink = table;
  return table;
}
