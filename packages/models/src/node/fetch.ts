/** Files of a model by what it is used as: below a path, in the cache, or fetched into it. */
import { basename, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import type { FileLayout, FoundFiles } from "@foley-control/weights";
import {
  type FetchModelOptions,
  fetchModel,
  hubSettings,
  type LocalModel,
  type ModelReference,
} from "@foley-control/weights/node";
import { knownModel, layoutsOf, type ModelKind } from "../registry.js";
import type { ModelOptions } from "./options.js";

/** Which files of a model are wanted. */
export interface WantedFiles extends Pick<FetchModelOptions, "files" | "preferCached"> {
  /** What the model is used as; of a known model of the hub its own kind. */
  readonly kind?: ModelKind | undefined;
  /** How the files are laid out. Default: as those of the kind. */
  readonly layouts?: readonly FileLayout[] | undefined;
}

/**
 * Makes sure that files of a model are here.
 *
 * @throws FoleyError as `fetchModel`
 */
export async function fetchFiles(
  reference: ModelReference,
  { kind: asked, layouts: laid, ...wanted }: WantedFiles = {},
  { env, signal, onProgress }: ModelOptions = {},
): Promise<LocalModel> {
  const kind = asked ?? (reference.kind === "hub" ? knownModel(reference.repository)?.kind : undefined);
  const layouts = laid ? () => laid : kind && ((there: readonly string[]) => layoutsOf(kind, there));
  try {
    return await fetchModel(reference, { ...wanted, layouts, settings: hubSettings(env), signal, onProgress });
  } catch (error) {
    const url = reference.kind === "path" ? knownModel(basename(reference.path))?.url : undefined;
    if (url === undefined || !FoleyError.isInstance(error) || error.code !== "not-found") throw error;
    throw new FoleyError("not-found", `${(reference as { path: string }).path} does not exist.`, {
      hint: `Download it from ${url}.`,
      cause: error,
    });
  }
}

/**
 * What lies at a path.
 *
 * @throws FoleyError `not-found`
 */
export async function lookAt(path: string): Promise<FoundFiles> {
  const { files } = await fetchFiles({ kind: "path", path });
  const isFile = files.size === 1 && files.get(basename(path)) === path;
  return {
    file: isFile ? basename(path) : undefined,
    files: isFile ? [] : [...files.keys()],
    json: async (name) =>
      files.has(name) && !isFile ? readJsonFile(join(path, name), { hint: "Download it again." }) : undefined,
  };
}
