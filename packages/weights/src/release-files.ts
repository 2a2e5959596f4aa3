/**
 * The files of a release, wherever they lie: below folders of a disk, or given to a page. What opens a release is written against these, once for both.
 */
import type { ParameterSource } from "@foley-control/core";
import type { OpenCheckpointOptions } from "./checkpoint.js";

/** Files by their paths. */
export interface ReleaseFiles {
  /** Paths of all files, with `/`: absolute where they lie on a disk, else from the folder on that was chosen. */
  readonly paths: readonly string[];
  /**
   * A JSON file, parsed; at most 64 MiB are read, of which a tokeniser may have half.
   *
   * @throws FoleyError `bad-file` when it cannot be read or is no JSON
   */
  json(path: string, options?: { readonly hint?: string }): Promise<unknown>;
  /**
   * The weights of a file, of which nothing but the header is read.
   *
   * @throws FoleyError as `openCheckpointReader`
   */
  weights(path: string, options?: OpenCheckpointOptions): Promise<ParameterSource>;
}

/** Most bytes of a JSON file of a release. */
export const MAX_RELEASE_JSON_BYTES = 64 * 1024 * 1024;

/** What is done about a file of a release that cannot be read, when nothing better is known. */
export const AGAIN = "Download it again.";

/** The name of a file, without the folders that lead to it. */
export const nameOfFile = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The folder of a file, without `/` at its end; "" where there is none. */
export const folderOfFile = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
