/** Tensors of files on disk, read in place. */
import { closeSync, openSync, readSync } from "node:fs";
import type { ParameterSource, PlainTensor } from "@foley-control/core";
import { bad } from "../bytes.js";
import { decodeEntry } from "../decode.js";
import type { TensorEntry } from "../entry.js";
import { parameterSource, requireEntry } from "../tensors.js";
import { withFile } from "./file-reader.js";

/** Tensors as parameters: ranges of their file where they are stored as they are used. Holds no open file, so there is nothing to close. */
export interface TensorFile extends ParameterSource {
  /** Absolute path; of the index, when there are several files. */
  readonly path: string;
  /** Tensors as the file describes them, in its order. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * Reads one tensor.
   *
   * @throws FoleyError `bad-weights` when there is none of that name
   */
  read(name: string): Promise<PlainTensor>;
}

/**
 * @param path - absolute path
 * @param entries - the tensors
 * @param pathOf - the file that holds one of them, where that is not `path`
 */
export function tensorFile(
  path: string,
  entries: ReadonlyMap<string, TensorEntry>,
  pathOf: (entry: TensorEntry) => string = () => path,
): TensorFile {
  return {
    ...parameterSource(
      entries,
      (entry) => readRange(pathOf(entry), entry),
      (entry) => ({ kind: "file", path: pathOf(entry), offset: entry.offset, length: entry.length }),
    ),
    path,
    async read(name) {
      const entry = requireEntry(entries, name, path);
      return decodeEntry(entry, await withFile(pathOf(entry), (reader) => reader.read(entry.offset, entry.length)));
    },
  };
}

function readRange(path: string, { offset, length }: TensorEntry): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(file, bytes, done, Math.min(length - done, 1 << 30), offset + done);
      if (count === 0) throw bad(`${path} became shorter while it was read.`);
      done += count;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
