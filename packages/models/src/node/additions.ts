/** Files of a person's own that are on the list: one small JSON in the folder for settings. */
import { existsSync } from "node:fs";
import { FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import type { Environment } from "@foley-control/weights/node";
import { settingsPath, writeSettings } from "./settings-file.js";

/** One file of an addition, as it was when it was added. */
export interface AddedFile {
  /** Name in the folder; of a single file, its own. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** A folder or file on the list. */
export interface Addition {
  /** Absolute path. */
  readonly path: string;
  /** The known model that it is, by id. */
  readonly model?: string;
  /** Its files. */
  readonly files: readonly AddedFile[];
}

/** Where the list is. */
export const additionsPath = (env: Environment = process.env): string => settingsPath(env, "models.json");

/** Reads the list; an absent one is empty. */
export async function readAdditions(env: Environment = process.env): Promise<readonly Addition[]> {
  const path = additionsPath(env);
  if (!existsSync(path)) return [];
  const hint = "Mend it or delete it; no weights are in it.";
  const list = (await readJsonFile(path, { hint })) as { version?: unknown; models?: unknown } | null;
  if (list?.version === 1 && Array.isArray(list.models) && list.models.every(isAddition)) return list.models;
  throw new FoleyError("bad-file", `"${path}" is not a list of models as this version writes it.`, { hint });
}

/** Replaces the list; a reader sees the old one or the new one. */
export async function writeAdditions(models: readonly Addition[], env: Environment = process.env): Promise<void> {
  await writeSettings(additionsPath(env), { version: 1, models });
}

function isAddition(value: unknown): value is Addition {
  const { path, model, files } = (value ?? {}) as Partial<Record<keyof Addition, unknown>>;
  return (
    typeof path === "string" &&
    (model === undefined || typeof model === "string") &&
    Array.isArray(files) &&
    files.every(
      ({ name, size, sha256 }: Partial<Record<keyof AddedFile, unknown>>) =>
        typeof name === "string" && typeof size === "number" && /^[0-9a-f]{64}$/.test(String(sha256)),
    )
  );
}
