/** The colour matrix in a sequence parameter set of H.264 (ITU-T H.264 §7.3.2.1.1, annex E.1.1), and what comes before it. */
import type { Bits } from "./bits.js";

/** Profiles that say their sampling, depth and scaling lists. */
const high = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** The code; `undefined` where the set has none. Throws where it is none. `bits` begin behind the byte that says what the unit is. */
export function avcMatrix(bits: Bits): number | undefined {
  const profile = bits.read(8);
  bits.skip(16);
  bits.number(31);
  if (high.has(profile)) skipFormat(bits);
  bits.number(12);
  const order = bits.number(2);
  if (order === 0) bits.number(12);
  if (order === 1) {
    bits.skip(1);
    bits.skipNumbers(2);
    bits.skipNumbers(bits.number(255));
  }
  bits.number(16);
  bits.skip(1);
  bits.skipNumbers(2);
  if (!bits.flag()) bits.skip(1);
  bits.skip(1);
  if (bits.flag()) bits.skipNumbers(4);
  return bits.flag() ? usabilityMatrix(bits) : undefined;
}

/** The code in what H.264 and H.265 call video usability information, which begins alike in both. */
export function usabilityMatrix(bits: Bits): number | undefined {
  const EXTENDED = 255;
  if (bits.flag() && bits.read(8) === EXTENDED) bits.skip(32);
  if (bits.flag()) bits.skip(1);
  if (!bits.flag()) return undefined;
  bits.skip(4);
  if (!bits.flag()) return undefined;
  bits.skip(16);
  return bits.read(8);
}

function skipFormat(bits: Bits): void {
  const sampling = bits.number(3);
  if (sampling === 3) bits.skip(1);
  bits.number(6);
  bits.number(6);
  bits.skip(1);
  if (!bits.flag()) return;
  for (let list = 0; list < (sampling === 3 ? 12 : 8); list++) if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64);
}

/** A list ends where the next scale is 0. */
function skipScalingList(bits: Bits, size: number): void {
  let scale = 8;
  for (let i = 0; i < size && scale !== 0; i++) scale = (scale + bits.signed() + 256) % 256;
}
