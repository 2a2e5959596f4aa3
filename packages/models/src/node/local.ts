/** Files of one's own that become a model on the list. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { KNOWN_MODELS, type KnownModel, knownModel } from "../registry.js";
import { fetchFiles } from "./fetch.js";

/** One file of a model. */
export interface HeldFile {
  /** Name below the folder, with `/`; of a single file, its own. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Bytes; 0 when it is gone. */
  readonly size: number;
}

/** Whether a file is one of weights, by its name. */
export const isWeights = (name: string): boolean => /\.(?:safetensors|pt|pth|ckpt|bin)$/.test(name);

/** Bytes of a file or folder; `undefined` when it is not there. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

/** The known model that a path is named after: a checkpoint by its file name, a folder by the repository's name. */
export function guessKnown(path: string): KnownModel | undefined {
  const name = basename(path);
  return knownModel(name) ?? KNOWN_MODELS.find(({ id }) => id.endsWith(`/${name}`));
}

/**
 * The files of a path that count: the file itself; of a folder what the known model needs, else weights and JSON at its top.
 *
 * @throws FoleyError `not-found` when the path, or a needed file, or any weights are not there
 */
export async function filesToAdd(path: string, known: KnownModel | undefined): Promise<readonly HeldFile[]> {
  const { files } = await fetchFiles({ kind: "path", path });
  const alone = files.size === 1 && files.get(basename(path)) === path;
  const kind = alone || known?.url !== undefined ? undefined : known?.kind;
  const needed = kind && (await fetchFiles({ kind: "path", path }, { kind })).files;
  const chosen = [...files.keys()].filter(
    (name) => alone || (needed?.has(name) ?? (isWeights(name) || /^[^/]+\.json$/.test(name))),
  );
  if (!alone && !chosen.some(isWeights)) {
    throw new FoleyError("not-found", `${path} has no weights in it (.safetensors, .pt, .pth, .ckpt, .bin).`, {
      hint: "Give the folder or the file that they are in.",
    });
  }
  return Promise.all(
    chosen.map(async (name) => {
      const file = files.get(name) ?? join(path, name);
      return { name, path: file, size: (await sizeOf(file)) ?? 0 };
    }),
  );
}
