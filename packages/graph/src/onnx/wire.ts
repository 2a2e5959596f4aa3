/**
 * The wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), as much of it as writing a model takes. By hand,
 * because every page that computes writes models, and the library that also reads them is 76 kB of script.
 */

/** Fields of a message, in the order of their numbers: bytes one by one, and longer runs of them as they are. */
export type Fields = readonly (number | Uint8Array)[];

const encoder = new TextEncoder();

/** Base 128, least significant group first; negative numbers are the 64 bits of their two's complement. */
function varint(value: number | bigint): number[] {
  if (value >= 0 && value < 128) return [Number(value)]; // nearly all of them
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
}

const tag = (field: number, wireType: number): number[] => varint((field << 3) | wireType);

const lengthOf = (fields: Fields): number =>
  fields.reduce<number>((sum, piece) => sum + (typeof piece === "number" ? 1 : piece.length), 0);

/** An `int32`, `int64` or enum. */
export const integer = (field: number, value: number | bigint): Fields => [...tag(field, 0), ...varint(value)];

/** A repeated `int64`, unpacked as in proto2. */
export const integers = (field: number, values: readonly number[]): Fields => values.flatMap((value) => integer(field, value));

/** A `float`. */
export const float = (field: number, value: number): Fields => [
  ...tag(field, 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];

/** `bytes`; they are not copied before the message is joined. */
export const bytes = (field: number, value: Uint8Array): Fields => [...tag(field, 2), ...varint(value.length), value];

/** A `string`. */
export const text = (field: number, value: string): Fields => bytes(field, encoder.encode(value));

/** A message within a message. */
export const message = (field: number, ...fields: readonly Fields[]): Fields => {
  const pieces = fields.flat();
  return [...tag(field, 2), ...varint(lengthOf(pieces)), ...pieces];
};

/** The bytes of a message. */
export function joined(...fields: readonly Fields[]): Uint8Array<ArrayBuffer> {
  const pieces = fields.flat();
  const whole = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === "number") whole[at++] = piece;
    else {
      whole.set(piece, at);
      at += piece.length;
    }
  }
  return whole;
}
