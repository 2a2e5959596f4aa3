/** The files of a release below folders of a disk. */
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { notReadable, readJsonFile } from "@foley-control/files/node";
import { AGAIN, MAX_RELEASE_JSON_BYTES, type ReleaseFiles } from "../release-files.js";
import { openCheckpoint } from "./open-checkpoint.js";

/** Folders below one another that are looked into: repositories keep theirs two deep. */
const MAXIMUM_DEPTH = 3;
/** Most files that are looked at. */
const MAXIMUM_FILES = 10_000;

/** A path of this system with `/`. */
export const slashed = (path: string): string => (sep === "/" ? path : path.replaceAll(sep, "/"));

/**
 * What lies below folders, three deep. Nothing is read but names.
 *
 * @param folders - absolute paths
 * @param options - `hint`: what to do about one that is not there
 * @throws FoleyError `bad-file` for a folder that cannot be read
 */
export async function diskFiles(
  folders: readonly string[],
  { hint = "Give the folder as downloaded." }: { readonly hint?: string } = {},
): Promise<ReleaseFiles> {
  const paths: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      throw notReadable(`"${folder}"`, cause, hint);
    });
    for (const entry of entries) {
      if (paths.length >= MAXIMUM_FILES) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < MAXIMUM_DEPTH) await visit(path, depth + 1);
      else if (!entry.isDirectory()) paths.push(slashed(path));
    }
  };
  for (const folder of folders) await visit(folder, 1);
  return {
    paths,
    json: (path, { hint: own = AGAIN } = {}) => readJsonFile(path, { limit: MAX_RELEASE_JSON_BYTES, hint: own }),
    weights: openCheckpoint,
  };
}
