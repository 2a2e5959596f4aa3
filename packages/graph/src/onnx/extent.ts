/**
 * How much a file would be as objects, told before it is decoded: two bytes of protobuf are an empty node of several hundred bytes, and one
 * byte of a packed list a number of thirty. Only what is repeated in such a way is counted; what is damaged is left to the decoder.
 */
import { FoleyError } from "@foley-control/core";

/** Nodes, attributes, tensors and sizes. The largest networks have some ten thousand nodes. */
const MAXIMUM_MESSAGES = 2 ** 19;

/** Bytes of lists of integers that are no raw data. */
const MAXIMUM_PACKED_BYTES = 2 ** 23;

/** How deep messages may stand in each other: a branch in a branch is three. */
const MAXIMUM_DEPTH = 90;

/** A message: its fields that are messages again, and those that are lists of integers (onnx.proto3). */
interface Message {
  readonly inside: Readonly<Record<number, () => Message>>;
  readonly packed?: readonly number[];
}

const leaf: Message = { inside: {} };
const tensor: Message = { inside: { 13: () => leaf }, packed: [1, 5, 7, 11] };
const graph: Message = {
  inside: { 1: () => node, 5: () => tensor, 11: () => value, 12: () => value, 13: () => value, 14: () => leaf, 15: () => leaf },
};
const attribute: Message = {
  inside: { 5: () => tensor, 6: () => graph, 10: () => tensor, 11: () => graph, 14: () => leaf, 15: () => leaf },
  packed: [8],
};
const node: Message = { inside: { 5: () => attribute, 9: () => leaf } };
const shape: Message = { inside: { 1: () => leaf } };
const tensorType: Message = { inside: { 2: () => shape } };
const value: Message = { inside: { 2: () => ({ inside: { 1: () => tensorType } }) } };
const called: Message = { inside: { 7: () => node, 9: () => leaf, 11: () => attribute } };
const model: Message = { inside: { 7: () => graph, 8: () => leaf, 14: () => leaf, 20: () => leaf, 25: () => called } };

/**
 * Refuses a file that would be far larger in memory than it is.
 *
 * @throws FoleyError `bad-file`
 */
export function checkExtent(bytes: Uint8Array): void {
  const open: { readonly end: number; readonly message: Message }[] = [{ end: bytes.length, message: model }];
  let [at, messages, packed] = [0, 0, 0];
  /** A number of seven bits a byte; larger ones than any length end the walk. */
  const varint = (): number => {
    for (let [value, scale] = [0, 1]; at < bytes.length && scale < 2 ** 63; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return Number.POSITIVE_INFINITY;
  };
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (at >= top.end) {
      open.pop();
      continue;
    }
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (top.message.packed?.includes(field) && wire === 0) packed++;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (at + length > top.end) return;
      const inside = top.message.inside[field]?.();
      if (top.message.packed?.includes(field)) packed += length;
      if (inside) {
        messages++;
        open.push({ end: at + length, message: inside });
      } else at += length;
    } else return;
    if (messages > MAXIMUM_MESSAGES || packed > MAXIMUM_PACKED_BYTES || open.length > MAXIMUM_DEPTH)
      throw tooMuch(messages, packed);
  }
}

function tooMuch(messages: number, packed: number): FoleyError {
  const what =
    messages > MAXIMUM_MESSAGES
      ? `more than ${MAXIMUM_MESSAGES} nodes, attributes and tensors`
      : packed > MAXIMUM_PACKED_BYTES
        ? `more than ${MAXIMUM_PACKED_BYTES} bytes of lists of integers that are no raw data`
        : `graphs that stand in each other more than ${MAXIMUM_DEPTH} deep`;
  return new FoleyError("bad-file", `This ONNX file has ${what}, which no network has.`);
}
