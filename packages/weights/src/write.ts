/** Writing safetensors. Tensors are ordered by falling element size, so that each lies aligned to its element. */
import {
  assertHas,
  assertKind,
  BYTES_PER_ELEMENT,
  bytesOf,
  concatBytes,
  elementCount,
  FoleyError,
  type PlainTensor,
  shown,
  typedArrayOf,
} from "@foley-control/core";
import { safetensorsDType } from "./dtype.js";
import { headerPrefixBytes } from "./header.js";

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, PlainTensor>> | Iterable<readonly [string, PlainTensor]>;

/**
 * The file in pieces, so that a big one need not exist twice in memory: the header, then the bytes of each tensor.
 *
 * @param tensors - tensors by name; the order is kept among those with equal element size
 * @param metadata - strings for `__metadata__`
 * @throws FoleyError `invalid-argument` for a name used twice, or for data that does not fit dtype and shape
 */
export function safetensorsPieces(tensors: NamedTensors, metadata: Readonly<Record<string, string>> = {}): readonly Uint8Array[] {
  const given: unknown = tensors;
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given))
    throw new FoleyError("invalid-argument", `tensors is ${shown(given)}; an object of tensors was expected.`, {
      hint: "Pass { NAME: { dtype, shape, data } }.",
    });
  assertKind("metadata", metadata, "object", "Pass { KEY: text }, or leave it out.");
  const list = [
    ...(Symbol.iterator in tensors ? (tensors as Iterable<readonly [string, PlainTensor]>) : Object.entries(tensors)),
  ];
  for (const [name, tensor] of list)
    assertHas(
      `tensors[${JSON.stringify(name)?.slice(0, 80)}]`,
      tensor,
      "dtype",
      "a tensor",
      "Pass { NAME: { dtype, shape, data } }.",
    );
  list.sort(([, a], [, b]) => BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype]);
  const header = new Map<string, unknown>();
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") {
      throw new FoleyError("invalid-argument", `metadata.${key} is ${typeof value}, expected a string.`, {
        hint: "Use JSON.stringify for structures.",
      });
    }
  }
  if (Object.keys(metadata).length > 0) header.set("__metadata__", metadata);
  const pieces: Uint8Array[] = [];
  let position = 0;
  for (const [name, tensor] of list) {
    if (header.has(name) || name === "__metadata__") {
      throw new FoleyError(
        "invalid-argument",
        `The tensor name ${JSON.stringify(name)} is ${name === "__metadata__" ? "reserved" : "used twice"}.`,
      );
    }
    check(name, tensor);
    const end = position + tensor.data.byteLength;
    header.set(name, { dtype: safetensorsDType(tensor.dtype), shape: tensor.shape, data_offsets: [position, end] });
    pieces.push(bytesOf(tensor.data));
    position = end;
  }
  const fields = [...header].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return [encodeHeader(`{${fields.join(",")}}`), ...pieces];
}

/**
 * Writes a safetensors file into memory.
 *
 * @param tensors - tensors by name
 * @param metadata - strings for `__metadata__`
 * @returns the bytes of the file; the same tensors in the same order give the same bytes
 */
export function writeSafetensors(tensors: NamedTensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const pieces = safetensorsPieces(tensors, metadata);
  return concatBytes(pieces);
}

/** Length and JSON, padded with spaces to a multiple of eight bytes. */
function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(headerPrefixBytes + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, headerPrefixBytes);
  return header;
}

function check(name: string, { dtype, shape, data }: PlainTensor): void {
  const refused = (what: string) => new FoleyError("invalid-argument", `Tensor ${JSON.stringify(name)} ${what}.`);
  if (!Object.hasOwn(BYTES_PER_ELEMENT, dtype)) throw refused(`has the unknown dtype ${JSON.stringify(dtype)}`);
  const { constructor } = typedArrayOf(dtype, new Uint8Array());
  if (!(data instanceof constructor)) throw refused(`is ${dtype} but its data is not a ${constructor.name}`);
  const count = elementCount(shape);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0) || count !== data.length) {
    throw refused(`of shape [${shape.join(", ")}] needs ${count} elements, got ${data.length}`);
  }
}
