/** The files of a release that a page was given: dropped, chosen, or of a folder's handle. Nothing is copied. */
import { FoleyError, parseJson } from "@foley-control/core";
import { AGAIN, MAX_RELEASE_JSON_BYTES, type ReleaseFiles } from "../release-files.js";
import { openWeights } from "./open.js";

/** A file with the folders that lead to it. */
export interface GivenFile {
  /** From the folder on that was chosen, with `/`. */
  readonly path: string;
  /** The file, or what gets it: a `FileSystemFileHandle` is such. */
  readonly file: Blob | { getFile(): Promise<Blob> };
}

/** Files of a page as those of a release. */
export function givenFiles(files: readonly GivenFile[]): ReleaseFiles {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  const get = async (path: string): Promise<Blob> => {
    const file = byPath.get(path);
    if (file === undefined) throw new FoleyError("bad-file", `${path} is missing.`, { hint: "Choose the whole folder." });
    if (file instanceof Blob) return file;
    return file.getFile().catch((cause: unknown) => {
      throw new FoleyError("bad-file", `${path} cannot be read: ${(cause as Error).message}`, {
        hint: "Choose the folder again.",
        cause,
      });
    });
  };
  return {
    paths: [...byPath.keys()],
    async json(path, { hint = AGAIN } = {}) {
      const blob = await get(path);
      if (blob.size > MAX_RELEASE_JSON_BYTES)
        throw new FoleyError("bad-file", `${path} has ${blob.size} bytes; at most ${MAX_RELEASE_JSON_BYTES} are read.`, { hint });
      return parseJson(await blob.text(), { what: path, hint });
    },
    weights: async (path, options) => openWeights(await get(path), options),
  };
}
