/** Where the headers of a stream lie: among its packets, or in what its container has for a decoder. */
import { viewOf } from "../boxes.js";

/** `count` units from a place on, each with its length in two bytes before it; returns where they end. */
export function* countedUnits(bytes: Uint8Array, from: number, count: number): Generator<Uint8Array, number> {
  let at = from;
  for (let i = 0; i < count && at + 2 <= bytes.length; i++) {
    const end = at + 2 + viewOf(bytes).getUint16(at);
    yield bytes.subarray(at + 2, end);
    at = end;
  }
  return at;
}

/** Units with their lengths in so many bytes before them. */
export function* prefixedUnits(bytes: Uint8Array, lengthBytes: number): Generator<Uint8Array> {
  for (let at = 0; at + lengthBytes < bytes.length; ) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[at + i] as number);
    yield bytes.subarray(at + lengthBytes, at + lengthBytes + length);
    at += lengthBytes + length;
  }
}

/** Units behind start codes, 0 0 1 (ITU-T H.264 annex B). The last bytes of one may be zeros of the next code. */
export function* startCodedUnits(bytes: Uint8Array): Generator<Uint8Array> {
  let from: number | undefined;
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    if (from !== undefined) yield bytes.subarray(from, at);
    at += 2;
    from = at + 1;
  }
  if (from !== undefined) yield bytes.subarray(from);
}

/** Without the threes behind two zeros, which keep start codes out of a unit (ITU-T H.264 §7.4.1). */
export function unescaped(unit: Uint8Array): Uint8Array {
  let zeros = 0;
  return unit.filter((byte) => {
    const escape = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    return !escape;
  });
}

/** Units of AV1 with their types (AV1 bitstream specification §5.3); ends at the first that does not say how long it is. */
export function* av1Units(bytes: Uint8Array): Generator<readonly [type: number, content: Uint8Array]> {
  for (let at = 0; at < bytes.length; ) {
    const head = bytes[at] as number;
    at += head & 4 ? 2 : 1;
    let length = 0;
    for (let i = 0; i < 5; i++) {
      const byte = bytes[at++] ?? 0;
      length += (byte & 127) * 128 ** i;
      if (byte < 128) break;
    }
    if (!(head & 2)) return;
    yield [(head >> 3) & 15, bytes.subarray(at, at + length)];
    at += length;
  }
}
