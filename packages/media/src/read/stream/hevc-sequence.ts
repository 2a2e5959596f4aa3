/** The colour matrix in a sequence parameter set of H.265 (ITU-T H.265 §7.3.2.2, annex E.2.1), and what comes before it. */
import { usabilityMatrix } from "./avc-sequence.js";
import type { Bits } from "./bits.js";

/** The code; `undefined` where the set has none. Throws where it is none. `bits` begin behind the two bytes that say what the unit is. */
export function hevcMatrix(bits: Bits): number | undefined {
  bits.skip(4);
  const layers = bits.read(3);
  bits.skip(1);
  skipProfiles(bits, layers);
  bits.number(15);
  if (bits.number(3) === 3) bits.skip(1);
  bits.skipNumbers(2);
  if (bits.flag()) bits.skipNumbers(4);
  bits.number(8);
  bits.number(8);
  const orderBits = bits.number(12) + 4;
  bits.skipNumbers(3 * (bits.flag() ? layers + 1 : 1));
  bits.skipNumbers(6);
  if (bits.flag() && bits.flag()) skipScalingLists(bits);
  bits.skip(2);
  if (bits.flag()) {
    bits.skip(8);
    bits.skipNumbers(2);
    bits.skip(1);
  }
  skipReferenceSets(bits);
  if (bits.flag()) bits.skip(bits.number(32) * (orderBits + 1));
  bits.skip(2);
  return bits.flag() ? usabilityMatrix(bits) : undefined;
}

function skipProfiles(bits: Bits, layers: number): void {
  const [PROFILE, LEVEL] = [88, 8];
  bits.skip(PROFILE + LEVEL);
  const said = Array.from({ length: layers }, () => [bits.flag(), bits.flag()] as const);
  if (layers > 0) bits.skip(2 * (8 - layers));
  for (const [profile, level] of said) bits.skip((profile ? PROFILE : 0) + (level ? LEVEL : 0));
}

function skipScalingLists(bits: Bits): void {
  for (let size = 0; size < 4; size++) {
    for (let list = 0; list < 6; list += size === 3 ? 3 : 1) {
      if (bits.flag()) bits.skipNumbers(Math.min(64, 16 << (2 * size)) + (size > 1 ? 1 : 0));
      else bits.skipNumbers(1);
    }
  }
}

/** Sets of pictures that others are made from (§7.3.7); one may be said by what is different in it from the one before. */
function skipReferenceSets(bits: Bits): void {
  const count = bits.number(64);
  let pictures = 0;
  for (let set = 0; set < count; set++) {
    if (set > 0 && bits.flag()) {
      bits.skip(1);
      bits.skipNumbers(1);
      let kept = 0;
      for (let i = 0; i <= pictures; i++) if (bits.flag() || bits.flag()) kept++;
      pictures = kept;
    } else {
      pictures = bits.number(16) + bits.number(16);
      for (let i = 0; i < pictures; i++) {
        bits.skipNumbers(1);
        bits.skip(1);
      }
    }
  }
}
