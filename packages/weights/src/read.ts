/** Reading safetensors: all at once from memory, or lazily through a {@link ByteReader}. */
import { assertKind } from "@foley-control/core";
import type { TensorEntry } from "./entry.js";
import { headerPrefixBytes, parseHeader, parseHeaderLength, type SafetensorsHeader } from "./header.js";
import type { ByteReader } from "./reader.js";
import { type LazyTensors, type LoadedTensors, lazyTensors, loadedTensors } from "./tensors.js";

/** A safetensors file in memory: a source of parameters, plus what else the file says. */
export interface Safetensors extends LoadedTensors {
  /** The `__metadata__` strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A safetensors file of which only the header is in memory. */
export interface LazySafetensors extends LazyTensors {
  /** The `__metadata__` strings; empty when there are none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Reads everything; the result no longer needs the reader. */
  load(): Promise<Safetensors>;
}

/**
 * Parses a whole file that is in memory. Nothing is copied.
 *
 * @param bytes - the file
 * @param options - `label`: what to call it in errors
 * @throws FoleyError `bad-file` naming the tensor or the offset that is wrong
 * @example
 * ```ts
 * const file = parseSafetensors(bytes);
 * file.names(); // ["blocks.0.weight", …]
 * ```
 */
export function parseSafetensors(bytes: Uint8Array, options: { readonly label?: string } = {}): Safetensors {
  const label = options.label ?? "The weights";
  assertKind("bytes", bytes, "bytes", "Read the file first, or open it by its path with openSafetensors() of weights/node.");
  const length = parseHeaderLength(bytes, bytes.length, label);
  return safetensorsView(
    bytes,
    parseHeader(bytes.subarray(headerPrefixBytes, headerPrefixBytes + length), bytes.length, label),
    label,
  );
}

/**
 * Reads and checks the header only.
 *
 * @param reader - where the bytes are
 * @throws FoleyError `bad-file` naming the tensor or the offset that is wrong
 */
export async function readSafetensorsHeader(reader: ByteReader): Promise<SafetensorsHeader> {
  const prefix = await reader.read(0, Math.min(headerPrefixBytes, reader.size));
  const length = parseHeaderLength(prefix, reader.size, reader.label);
  return parseHeader(await reader.read(headerPrefixBytes, length), reader.size, reader.label);
}

/**
 * Opens a file through a reader; tensors are read one by one when asked for.
 *
 * @param reader - where the bytes are; closed by `close()`
 */
export async function openSafetensorsReader(reader: ByteReader): Promise<LazySafetensors> {
  const header = await readSafetensorsHeader(reader);
  return {
    ...lazyTensors(reader, header.entries),
    metadata: header.metadata,
    load: async () => safetensorsView(await reader.read(0, reader.size), header, reader.label),
  };
}

function safetensorsView(bytes: Uint8Array, { metadata, entries }: SafetensorsHeader, label: string): Safetensors {
  const bytesAt = ({ offset, length }: TensorEntry) => bytes.subarray(offset, offset + length);
  return { ...loadedTensors(entries, bytesAt, label), metadata };
}
