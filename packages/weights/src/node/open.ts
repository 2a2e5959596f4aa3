/** A safetensors file on disk, read in place: only its header is in memory. */
import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import type { ParameterSource, PlainTensor, StoredParameter } from "@foley-control/core";
import { decodeEntry } from "../decode.js";
import { dtypeInPlace } from "../dtype.js";
import type { SafetensorsEntry } from "../header.js";
import { inMemory, readSafetensorsHeader, requireEntry } from "../read.js";
import { fileReader } from "./file-reader.js";

/** Parameters of a safetensors file as ranges of that file. Holds no open file, so there is nothing to close. */
export interface SafetensorsFile extends ParameterSource {
  /** Absolute path. */
  readonly path: string;
  /** The `__metadata__` strings. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors as the header describes them, in file order. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /**
   * Reads one tensor.
   *
   * @throws FoleyError `bad-weights` when there is none of that name
   */
  read(name: string): Promise<PlainTensor>;
}

/**
 * Opens a safetensors file. Parameters of the types F32, F16, I64, I32, I8, U8 and BOOL are ranges of the file; BF16 and F64 are
 * converted to float32 in memory when first asked for.
 *
 * @param path - the file
 * @throws FoleyError `bad-file` naming the tensor or the offset that is wrong
 * @example
 * ```ts
 * const file = await openSafetensors("model.safetensors");
 * const { shape, data } = await file.read("blocks.0.weight");
 * ```
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const absolute = resolve(path);
  const reader = await fileReader(absolute);
  const header = await readSafetensorsHeader(reader).finally(() => reader.close?.());
  const converted = new Map<string, StoredParameter>();
  return {
    path: absolute,
    metadata: header.metadata,
    entries: header.entries,
    names: () => [...header.entries.keys()],
    get(name) {
      const entry = header.entries.get(name);
      if (entry === undefined) return undefined;
      const dtype = dtypeInPlace(entry.dtype);
      if (dtype !== undefined) {
        return { dtype, shape: entry.shape, bytes: { kind: "file", path: absolute, offset: entry.offset, length: entry.length } };
      }
      let stored = converted.get(name);
      if (stored === undefined) converted.set(name, (stored = inMemory(decodeEntry(entry, readRange(absolute, entry)))));
      return stored;
    },
    async read(name) {
      const entry = requireEntry(header.entries, name, absolute);
      const file = await fileReader(absolute);
      return decodeEntry(entry, await file.read(entry.offset, entry.length).finally(() => file.close?.()));
    },
  };
}

function readRange(path: string, { offset, length }: SafetensorsEntry): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(file, bytes, done, Math.min(length - done, 1 << 30), offset + done);
      if (count === 0) throw new RangeError(`${path} became shorter while it was read`);
      done += count;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
