/** MMAudio from a folder on disk, as it was downloaded. */
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { AudioBackbone } from "@foley-control/core";
import { diskFiles, slashed } from "@foley-control/weights/node";
import { type MmaudioFilesOptions, mmaudioFromFiles } from "./release-files.js";

/** Options of {@link openMmaudio}. */
export interface OpenMmaudioOptions extends Omit<MmaudioFilesOptions, "root" | "network"> {
  /** Folder of the CLIP. Default: looked for in and beside the folder. */
  readonly clip?: string | undefined;
  /** Other folders in which parts lie, as the cache of a hub has them: one for each repository. */
  readonly folders?: readonly string[] | undefined;
}

/**
 * Opens MMAudio.
 *
 * @param path - a folder with one of its networks, or the network's file; the other parts lie in the folder, below or beside it
 * @throws FoleyError `bad-file` naming the part that is missing, its size and where it is from; `bad-weights` for files that are not what they should
 * be
 * @example
 * ```ts
 * const backbone = await openMmaudio("./MMAudio", { videoEncoder });
 * ```
 */
export async function openMmaudio(path: string, { folders = [], clip, ...options }: OpenMmaudioOptions): Promise<AudioBackbone> {
  const at = resolve(path);
  const alone = await isFile(at);
  const folder = alone ? dirname(at) : at;
  const root = /^(?:weights|ext_weights)$/.test(basename(folder)) ? dirname(folder) : folder;
  const beside = clip === undefined ? [] : [resolve(clip)];
  const files = await diskFiles([root, ...[...folders, ...beside].map((one) => resolve(one))], {
    hint: "Give the folder of an MMAudio as downloaded.",
  });
  return mmaudioFromFiles(files, {
    ...options,
    root: slashed(root),
    network: alone ? slashed(at) : undefined,
    clip: clip === undefined ? undefined : slashed(resolve(clip)),
  });
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
