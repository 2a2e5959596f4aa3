/** A checkpoint on disk, whatever its format. */

import { dirname, join, resolve } from "node:path";
import { assertKind } from "@foley-control/core";
import { bad } from "../bytes.js";
import {
  type CheckpointFormat,
  checkpointFormat,
  type OpenCheckpointOptions,
  parseShardIndex,
  refuseDictionary,
} from "../checkpoint.js";
import type { TensorEntry } from "../entry.js";
import { maximumHeaderBytes } from "../header.js";
import { stripPrefixes } from "../tensors.js";
import { withFile } from "./file-reader.js";
import { openSafetensors } from "./open.js";
import { openPytorch } from "./open-pytorch.js";
import { type TensorFile, tensorFile } from "./tensor-file.js";

/** Tensors of a checkpoint as parameters. */
export interface CheckpointFile extends TensorFile {
  /** What the file turned out to be. */
  readonly format: CheckpointFormat;
}

/**
 * Opens a checkpoint by what it contains, not by its name: a safetensors file, the `….safetensors.index.json` of several, or a PyTorch
 * checkpoint of either container.
 *
 * @param path - the file
 * @param options - which tensors of a PyTorch checkpoint, and prefixes to strip
 * @throws FoleyError `bad-file`, `unsupported` or `bad-weights`, as {@link openSafetensors} and {@link openPytorch};
 *   `invalid-argument` for `at` with a safetensors file, which has no dictionaries
 * @example
 * ```ts
 * const encoder = await openCheckpoint("vitl.pt", { at: "target_encoder", strip: ["module.", "backbone."] });
 * ```
 */
export async function openCheckpoint(path: string, options: OpenCheckpointOptions = {}): Promise<CheckpointFile> {
  assertKind("path", path, "text", "Pass the path of a file; what is in memory is read with parseSafetensors().");
  const absolute = resolve(path);
  const format = await withFile(absolute, checkpointFormat);
  if (format === "pytorch") {
    const checkpoint = await openPytorch(absolute, options);
    return { ...(await checkpoint.tensors(options)), format };
  }
  refuseDictionary(options, absolute);
  const strip = options.strip ?? [];
  if (format === "safetensors") {
    const { entries } = await openSafetensors(absolute);
    return { ...tensorFile(absolute, stripPrefixes(entries, strip, absolute)), format };
  }
  const { entries, pathOf } = await openShards(absolute, strip);
  return { ...tensorFile(absolute, entries, pathOf), format };
}

/** The tensors of several files that an index names. */
async function openShards(index: string, strip: readonly string[]) {
  const json = await withFile(index, (reader) => {
    if (reader.size > maximumHeaderBytes) throw bad(`${index} has ${reader.size} bytes, the limit is ${maximumHeaderBytes}.`);
    return reader.read(0, reader.size);
  });
  const found = new Map<string, TensorEntry>();
  const paths = new Map<string, string>();
  for (const [file, names] of parseShardIndex(json, index)) {
    const shard = await openSafetensors(join(dirname(index), file));
    const wanted = names.map((name) => {
      const entry = shard.entries.get(name);
      if (entry === undefined) throw bad(`${shard.path} has no tensor ${JSON.stringify(name)}, which ${index} places there.`);
      return [name, entry] as const;
    });
    for (const [name, entry] of wanted) found.set(name, entry);
    for (const name of stripPrefixes(new Map(wanted), strip, index).keys()) paths.set(name, shard.path);
  }
  return { entries: stripPrefixes(found, strip, index), pathOf: ({ name }: TensorEntry) => paths.get(name) as string };
}
