/** PyTorch checkpoints through a {@link ByteReader}. */

import type { PlainTensor } from "@foley-control/core";
import { decodeEntry } from "../decode.js";
import type { TensorEntry } from "../entry.js";
import type { ByteReader } from "../reader.js";
import { type LazyTensors, lazyTensors, stripPrefixes } from "../tensors.js";
import { type CheckpointContents, readLegacyCheckpoint, readZipCheckpoint } from "./contents.js";
import { locateTensors, type TensorGroup, tensorEntry, tensorGroups } from "./select.js";
import type { CheckpointTensor, CheckpointValue } from "./values.js";

/** Options of opening a PyTorch checkpoint. */
export interface OpenPytorchOptions {
  /**
   * Classes and functions by module and name, beyond those every checkpoint may name, that are let through as inert data, for example
   * `"argparse.Namespace"`. Whatever is listed, nothing of it is run.
   */
  readonly inert?: readonly string[];
}

/** Which tensors of a checkpoint. */
export interface SelectTensorsOptions {
  /** The dictionary that holds them: its key, or keys from the outside in. Default: what was saved is that dictionary. */
  readonly at?: string | readonly string[];
  /** Cut off where a name begins with it, one after the other, e.g. `["module.", "backbone."]`. */
  readonly strip?: readonly string[];
}

/** A PyTorch checkpoint of which only the pickle is in memory. */
export interface PytorchCheckpoint {
  /** `zip` since PyTorch 1.6, `legacy` before. */
  readonly container: "zip" | "legacy";
  /** What was saved, with tensors located but not read. */
  readonly root: CheckpointValue;
  /** Dictionaries that hold tensors, outermost first, at most a hundred. */
  groups(): readonly TensorGroup[];
  /**
   * The tensors of one dictionary; no byte of any other is read.
   *
   * @throws FoleyError `bad-weights` when there is no such dictionary or it holds no tensors; `bad-file` when a storage is damaged
   */
  tensors(options?: SelectTensorsOptions): Promise<LazyTensors>;
  /** Reads one tensor found in `root`. */
  read(tensor: CheckpointTensor): Promise<PlainTensor>;
  /** Closes the reader. */
  close(): Promise<void>;
}

/**
 * Opens a PyTorch checkpoint. Its pickle is interpreted as data; a name outside a short list is refused, and nothing is ever run.
 *
 * @param reader - where the bytes are; closed by `close()`
 * @param options - names let through beyond the usual
 * @throws FoleyError `bad-file` for a file that is damaged; `unsupported` for one that names something else, is compressed or big-endian
 * @example
 * ```ts
 * const checkpoint = await openPytorchReader(memoryReader(bytes));
 * const encoder = await checkpoint.tensors({ at: "target_encoder", strip: ["module.", "backbone."] });
 * ```
 */
export async function openPytorchReader(reader: ByteReader, options: OpenPytorchOptions = {}): Promise<PytorchCheckpoint> {
  const contents = await readPytorchContents(reader, options);
  return {
    container: contents.container,
    root: contents.root,
    groups: () => tensorGroups(contents.root),
    tensors: async (selection) => lazyTensors(reader, await selectEntries(contents, reader, selection)),
    read: (tensor) => readCheckpointTensor(contents, reader, tensor),
    close: async () => reader.close?.(),
  };
}

/** Either container, by its first bytes. */
export async function readPytorchContents(reader: ByteReader, options: OpenPytorchOptions): Promise<CheckpointContents> {
  const [first] = await reader.read(0, Math.min(1, reader.size));
  const read = first === 0x80 ? readLegacyCheckpoint : readZipCheckpoint;
  return read(reader, options.inert ?? []);
}

/** Tensors of one dictionary under their final names. */
export async function selectEntries(
  contents: CheckpointContents,
  reader: ByteReader,
  { at = [], strip = [] }: SelectTensorsOptions = {},
): Promise<ReadonlyMap<string, TensorEntry>> {
  return stripPrefixes(await locateTensors(contents, reader, typeof at === "string" ? [at] : at), strip, reader.label);
}

/** Reads one tensor. */
export async function readCheckpointTensor(
  contents: CheckpointContents,
  reader: ByteReader,
  tensor: CheckpointTensor,
): Promise<PlainTensor> {
  const entry = tensorEntry("tensor", tensor, await contents.locate(reader, tensor.storage), reader.label);
  return decodeEntry(entry, await reader.read(entry.offset, entry.length));
}
