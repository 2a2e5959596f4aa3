/** Reading safetensors: all at once from memory, or lazily through a {@link ByteReader}. */
import { FoleyError, type ParameterSource, type PlainTensor, type StoredParameter } from "@foley-control/core";
import { bytesOf, decodeEntry } from "./decode.js";
import { dtypeInPlace } from "./dtype.js";
import { headerPrefixBytes, parseHeader, parseHeaderLength, type SafetensorsEntry, type SafetensorsHeader } from "./header.js";
import type { ByteReader } from "./reader.js";

/** A safetensors file in memory: a source of parameters, plus what else the file says. */
export interface Safetensors extends ParameterSource {
  /** The `__metadata__` strings. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors as the header describes them, in file order. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /**
   * One tensor; a view on the file's bytes where its type and alignment allow it.
   *
   * @throws FoleyError `bad-weights` when there is none of that name
   */
  tensor(name: string): PlainTensor;
}

/** A safetensors file of which only the header is in memory. */
export interface LazySafetensors {
  /** The `__metadata__` strings; empty when there are none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors by name, in the order of their data. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /**
   * Reads one tensor.
   *
   * @throws FoleyError `bad-weights` when there is none of that name
   */
  read(name: string): Promise<PlainTensor>;
  /** Reads everything; the result no longer needs the reader. */
  load(): Promise<Safetensors>;
  /** Closes the reader. */
  close(): Promise<void>;
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
    metadata: header.metadata,
    entries: header.entries,
    async read(name) {
      const entry = requireEntry(header.entries, name, reader.label);
      return decodeEntry(entry, await reader.read(entry.offset, entry.length));
    },
    load: async () => safetensorsView(await reader.read(0, reader.size), header, reader.label),
    close: async () => reader.close?.(),
  };
}

function safetensorsView(bytes: Uint8Array, header: SafetensorsHeader, label: string): Safetensors {
  const decoded = new Map<string, StoredParameter>();
  const tensor = (name: string): PlainTensor => {
    const entry = requireEntry(header.entries, name, label);
    return decodeEntry(entry, bytes.subarray(entry.offset, entry.offset + entry.length));
  };
  return {
    metadata: header.metadata,
    entries: header.entries,
    names: () => [...header.entries.keys()],
    get(name) {
      const entry = header.entries.get(name);
      if (entry === undefined) return undefined;
      const dtype = dtypeInPlace(entry.dtype);
      if (dtype !== undefined) {
        const part = bytes.subarray(entry.offset, entry.offset + entry.length);
        return { dtype, shape: entry.shape, bytes: { kind: "memory", bytes: part } };
      }
      let stored = decoded.get(name);
      if (stored === undefined) decoded.set(name, (stored = inMemory(tensor(name))));
      return stored;
    },
    tensor,
  };
}

/** A tensor as a stored parameter. */
export function inMemory(tensor: PlainTensor): StoredParameter {
  return { dtype: tensor.dtype, shape: tensor.shape, bytes: { kind: "memory", bytes: bytesOf(tensor.data) } };
}

/** The entry of that name, or an error that names a few that are there. */
export function requireEntry(entries: ReadonlyMap<string, SafetensorsEntry>, name: string, label: string): SafetensorsEntry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const some = [...entries.keys()].slice(0, 5).map((key) => JSON.stringify(key));
  throw new FoleyError("bad-weights", `${label} has no tensor ${JSON.stringify(name)}.`, {
    hint: `It has ${entries.size}${some.length > 0 ? `, for example ${some.join(", ")}` : ""}.`,
  });
}
