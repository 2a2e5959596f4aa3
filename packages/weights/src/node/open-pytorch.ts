/** A PyTorch checkpoint on disk, read in place: only its pickle is in memory. */

import { resolve } from "node:path";
import { assertKind } from "@foley-control/core";
import type { PytorchCheckpoint, SelectTensorsOptions } from "../pytorch/open.js";
import { type OpenPytorchOptions, readCheckpointTensor, readPytorchContents, selectEntries } from "../pytorch/open.js";
import { tensorGroups } from "../pytorch/select.js";
import { withFile } from "./file-reader.js";
import { type TensorFile, tensorFile } from "./tensor-file.js";

/** A PyTorch checkpoint on disk. Holds no open file, so there is nothing to close. */
export interface PytorchFile extends Omit<PytorchCheckpoint, "tensors" | "close"> {
  /** Absolute path. */
  readonly path: string;
  /**
   * The tensors of one dictionary as ranges of the file; no byte of any other is read.
   *
   * @throws FoleyError `bad-weights` when there is no such dictionary or it holds no tensors; `bad-file` when a storage is damaged
   */
  tensors(options?: SelectTensorsOptions): Promise<TensorFile>;
}

/**
 * Opens a PyTorch checkpoint of either container. Its pickle is interpreted as data; a name outside a short list is refused, and nothing is
 * ever run. Row-major tensors of the types F32, F16, I64, I32, I8, U8 and BOOL are ranges of the file, at whatever alignment torch gave
 * them; others are converted in memory when first asked for.
 *
 * @param path - the file
 * @param options - names let through beyond the usual
 * @throws FoleyError `bad-file` for a file that is damaged; `unsupported` for one that names something else, is compressed or big-endian
 * @example
 * ```ts
 * const checkpoint = await openPytorch("vitl.pt");
 * checkpoint.groups(); // [{ path: ["encoder"], tensors: 292 }, …]
 * const encoder = await checkpoint.tensors({ at: "target_encoder", strip: ["module.", "backbone."] });
 * ```
 */
export async function openPytorch(path: string, options: OpenPytorchOptions = {}): Promise<PytorchFile> {
  assertKind("path", path, "text", "Pass the path of a file; openPytorchReader() reads what is in memory.");
  const absolute = resolve(path);
  const contents = await withFile(absolute, (reader) => readPytorchContents(reader, options));
  return {
    path: absolute,
    container: contents.container,
    root: contents.root,
    groups: () => tensorGroups(contents.root),
    tensors: async (selection) =>
      tensorFile(absolute, await withFile(absolute, (reader) => selectEntries(contents, reader, selection))),
    read: (tensor) => withFile(absolute, (reader) => readCheckpointTensor(contents, reader, tensor)),
  };
}
