/** Bytes made wrong: a few bits, numbers, pieces moved, doubled, lost or taken from another file. */
import type { Random } from "@foley-control/core";

const numbers = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 53, 2 ** 63] as const;
const json = [...'{}[]":,0123456789-.eE\\ '].map((character) => character.charCodeAt(0));

/** What a caller knows of the format. */
export interface MutationOptions {
  /** Right files, of which pieces are taken. */
  readonly others: readonly Uint8Array[];
  /** Bytes with a meaning; default: those of JSON. */
  readonly meaningful?: readonly number[];
  /** Whether no byte moves, for formats whose every length must be right. */
  readonly inPlace?: boolean;
}

/** The bytes with one to four changes. */
export function mutated(
  random: Random,
  original: Uint8Array,
  { others, meaningful = json, inPlace = false }: MutationOptions,
): Uint8Array {
  let bytes = original.slice();
  for (let change = random.integer(1, 5); change > 0 && bytes.length > 0; change--) {
    const at = random.integer(0, bytes.length);
    const end = Math.min(bytes.length, at + random.integer(1, 32));
    switch (random.integer(0, inPlace ? 5 : 9)) {
      case 0:
      case 1:
        bytes[at] = random.integer(0, 256);
        break;
      case 2:
        bytes[at] = (bytes[at] as number) ^ (1 << random.integer(0, 8));
        break;
      case 3: {
        // A number where a length, an offset or a count may be.
        const value = BigInt(random.pick(numbers)) + BigInt(random.integer(-1, 2));
        const size = random.pick([1, 2, 4, 8]);
        for (let i = 0; i < size && at + i < bytes.length; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
        break;
      }
      case 4:
        bytes[at] = random.pick(random.chance(0.5) ? meaningful : json);
        break;
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
        break;
      case 6:
        bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
        break;
      case 7: {
        const other = random.pick(others);
        const from = random.integer(0, other.length);
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(from, from + end - at), ...bytes.subarray(end)]);
        break;
      }
      default:
        if (random.chance(0.2)) bytes = bytes.slice(0, at);
        else bytes.copyWithin(at, random.integer(0, bytes.length), random.integer(0, bytes.length));
    }
  }
  return bytes;
}
