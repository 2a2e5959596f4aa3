/** A safetensors file on disk, read in place: only its header is in memory. */

import { resolve } from "node:path";
import { assertKind } from "@foley-control/core";
import { readSafetensorsHeader } from "../read.js";
import { withFile } from "./file-reader.js";
import { type TensorFile, tensorFile } from "./tensor-file.js";

/** Parameters of a safetensors file as ranges of that file. */
export interface SafetensorsFile extends TensorFile {
  /** The `__metadata__` strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a safetensors file. Parameters of the types F32, F16, I64, I32, I8, U8 and BOOL are ranges of the file; BF16 and F64 are
 * converted to float32 whenever they are loaded.
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
  assertKind("path", path, "text", "Pass the path of a file; what is in memory is read with parseSafetensors().");
  const absolute = resolve(path);
  const { entries, metadata } = await withFile(absolute, readSafetensorsHeader);
  return { ...tensorFile(absolute, entries), metadata };
}
