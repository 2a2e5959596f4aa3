/** The colour matrix in a sequence header of AV1 (AV1 bitstream specification §5.5), and what comes before it. */
import type { Bits } from "./bits.js";

/** The code; `undefined` where the header has none. Throws where it is none. `bits` begin behind the size of the unit. */
export function av1Matrix(bits: Bits): number | undefined {
  const profile = bits.read(3);
  bits.skip(1);
  const reduced = bits.flag();
  if (reduced) bits.skip(5);
  else skipOperatingPoints(bits);
  const [across, down] = [bits.read(4) + 1, bits.read(4) + 1];
  bits.skip(across + down);
  if (!reduced && bits.flag()) bits.skip(7);
  bits.skip(3);
  if (!reduced) skipTools(bits);
  bits.skip(3);
  const deep = bits.flag();
  if (profile === 2 && deep) bits.skip(1);
  if (profile !== 1) bits.skip(1);
  if (!bits.flag()) return undefined;
  bits.skip(16);
  return bits.read(8);
}

function skipOperatingPoints(bits: Bits): void {
  let delayBits = 0;
  if (bits.flag()) {
    bits.skip(64);
    if (bits.flag()) bits.number();
    if (bits.flag()) {
      delayBits = bits.read(5) + 1;
      bits.skip(42);
    }
  }
  const delays = bits.flag();
  for (let left = bits.read(5); left >= 0; left--) {
    bits.skip(12);
    if (bits.read(5) > 7) bits.skip(1);
    if (delayBits > 0 && bits.flag()) bits.skip(2 * delayBits + 1);
    if (delays && bits.flag()) bits.skip(4);
  }
}

function skipTools(bits: Bits): void {
  bits.skip(4);
  const orders = bits.flag();
  if (orders) bits.skip(2);
  const screen = bits.flag() || bits.flag();
  if (screen && !bits.flag()) bits.skip(1);
  if (orders) bits.skip(3);
}
