/** Tensors of a file, whatever its format: read one by one, or loaded as a source of parameters. */
import {
  BYTES_PER_ELEMENT,
  bytesOf,
  elementCount,
  FoleyError,
  type ParameterSource,
  type PlainTensor,
  type StoredParameter,
} from "@foley-control/core";
import { decodedDType, decodeEntry } from "./decode.js";
import { entryInPlace, type TensorEntry } from "./entry.js";
import type { ByteReader } from "./reader.js";

/** Tensors in memory: a source of parameters. */
export interface LoadedTensors extends ParameterSource {
  /** Tensors as the file describes them, in its order. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * One tensor; a view on the file's bytes where its type, order and alignment allow it.
   *
   * @throws FoleyError `bad-weights` when there is none of that name
   */
  tensor(name: string): PlainTensor;
}

/** Tensors of which only the description is in memory. */
export interface LazyTensors {
  /** Tensors by name, in the order of the file. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * Reads one tensor.
   *
   * @throws FoleyError `bad-weights` when there is none of that name
   */
  read(name: string): Promise<PlainTensor>;
  /** Reads all of them; the result no longer needs the reader. */
  load(): Promise<LoadedTensors>;
  /** Closes the reader. */
  close(): Promise<void>;
}

/** Tensors that are read through a reader when asked for. */
export function lazyTensors(reader: ByteReader, entries: ReadonlyMap<string, TensorEntry>): LazyTensors {
  const bytesAt = ({ offset, length }: TensorEntry) => reader.read(offset, length);
  return {
    entries,
    async read(name) {
      const entry = requireEntry(entries, name, reader.label);
      return decodeEntry(entry, await bytesAt(entry));
    },
    async load() {
      const bytes = new Map<string, Uint8Array>();
      for (const entry of entries.values()) bytes.set(entry.name, await bytesAt(entry));
      return loadedTensors(entries, ({ name }) => bytes.get(name) as Uint8Array, reader.label);
    },
    close: async () => reader.close?.(),
  };
}

/**
 * Tensors whose bytes are in memory.
 *
 * @param entries - the tensors
 * @param bytesAt - the bytes of one
 * @param label - what to call the file in errors
 */
export function loadedTensors(
  entries: ReadonlyMap<string, TensorEntry>,
  bytesAt: (entry: TensorEntry) => Uint8Array,
  label: string,
): LoadedTensors {
  return {
    ...parameterSource(entries, bytesAt, (entry) => ({ kind: "memory", bytes: bytesAt(entry) })),
    tensor(name) {
      const entry = requireEntry(entries, name, label);
      return decodeEntry(entry, bytesAt(entry));
    },
  };
}

/**
 * Tensors as parameters: in place where the bytes are already what they should be, otherwise converted whenever they are loaded: a copy that
 * stayed would be twice as large as the bfloat16 in its file, and would lie beside the runtime's own.
 *
 * @param entries - the tensors
 * @param bytesAt - the bytes of one
 * @param placeOf - where those that stay in place are
 */
export function parameterSource(
  entries: ReadonlyMap<string, TensorEntry>,
  bytesAt: (entry: TensorEntry) => Uint8Array,
  placeOf: (entry: TensorEntry) => StoredParameter["bytes"],
): ParameterSource & Pick<LoadedTensors, "entries"> {
  return {
    entries,
    names: () => [...entries.keys()],
    get(name) {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      const dtype = entryInPlace(entry);
      if (dtype !== undefined) return { dtype, shape: entry.shape, bytes: placeOf(entry) };
      const made = decodedDType(entry);
      const length = elementCount(entry.shape) * BYTES_PER_ELEMENT[made];
      const make = () => bytesOf(decodeEntry(entry, bytesAt(entry)).data);
      return { dtype: made, shape: entry.shape, bytes: { kind: "made", length, make } };
    },
  };
}

/**
 * The same tensors under shorter names.
 *
 * @param entries - the tensors
 * @param prefixes - each is cut off where a name begins with it, in this order, e.g. `["module.", "backbone."]`
 * @param label - what to call the file in errors
 * @throws FoleyError `bad-weights` when two names become one
 */
export function stripPrefixes(
  entries: ReadonlyMap<string, TensorEntry>,
  prefixes: readonly string[],
  label: string,
): ReadonlyMap<string, TensorEntry> {
  const stripped = new Map<string, TensorEntry>();
  for (const entry of entries.values()) {
    const name = prefixes.reduce((rest, prefix) => (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest), entry.name);
    if (stripped.has(name)) {
      const what = `${label}: without its prefix ${JSON.stringify(entry.name)} has the name of another tensor.`;
      throw new FoleyError("bad-weights", what, { hint: `Both would be ${JSON.stringify(name)}: strip fewer prefixes.` });
    }
    stripped.set(name, { ...entry, name });
  }
  return stripped;
}

/** The entry of that name, or an error that names a few that are there. */
export function requireEntry(entries: ReadonlyMap<string, TensorEntry>, name: string, label: string): TensorEntry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const some = [...entries.keys()].slice(0, 5).map((key) => JSON.stringify(key));
  throw new FoleyError("bad-weights", `${label} has no tensor ${JSON.stringify(name)}.`, {
    hint: `It has ${entries.size}${some.length > 0 ? `, for example ${some.join(", ")}` : ""}.`,
  });
}
