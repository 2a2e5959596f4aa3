/** `dataset.json`: made when a folder is first prepared, compared ever after. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readJsonFile, sha256, writeJsonFile } from "@foley-control/files/node";
import { PREPARED_FORMAT, type PreparedManifest } from "../../data/clip-row.js";

/** Name of the manifest. */
const MANIFEST_FILE = "dataset.json";
/** Name of the index. */
export const INDEX_FILE = "index.jsonl";

/** Digest of a manifest: features with the same one may be trained on together. */
export const manifestDigest = (manifest: PreparedManifest): string => sha256(JSON.stringify(manifest));

/** The manifest of a folder; `undefined` when there is none. */
export async function readManifest(directory: string): Promise<PreparedManifest | undefined> {
  const path = join(directory, MANIFEST_FILE);
  if (!existsSync(path)) return undefined;
  const hint = "Give a folder that prepareDataset() wrote.";
  const manifest = (await readJsonFile(path, { hint })) as Partial<PreparedManifest> | null;
  const refuse = (what: string): FoleyError => new FoleyError("bad-file", `"${path}" ${what}.`, { hint });
  if (manifest?.format !== PREPARED_FORMAT)
    throw refuse(`has the format ${JSON.stringify(manifest?.format)}; "${PREPARED_FORMAT}" was expected`);
  const { video, audio, text: words, seconds } = manifest;
  const sizes = [video?.tokens, video?.tokenWidth, audio?.channels, audio?.frames, words?.length, words?.tokenWidth];
  if (!(typeof seconds === "number" && seconds > 0) || !sizes.every((size) => Number.isSafeInteger(size) && (size as number) > 0))
    throw refuse("does not say the sizes of its features");
  return manifest as PreparedManifest;
}

/**
 * Writes the manifest of a new folder, or checks that an old one is of the same parts.
 *
 * @throws FoleyError `invalid-argument` naming what differs
 */
export async function claimManifest(directory: string, manifest: PreparedManifest): Promise<void> {
  const found = await readManifest(directory);
  if (!found) {
    await writeJsonFile(join(directory, MANIFEST_FILE), manifest);
    return;
  }
  const facts = (of: PreparedManifest): Map<string, unknown> =>
    new Map(
      Object.entries(of).flatMap(([part, value]): [string, unknown][] =>
        typeof value === "object"
          ? Object.entries(value).map(([key, fact]) => [`${part}.${key}`, typeof fact === "object" ? JSON.stringify(fact) : fact])
          : [[part, value]],
      ),
    );
  const [before, now] = [facts(found), facts(manifest)];
  const differing = [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key));
  if (differing.length > 0) {
    const list = differing.map((key) => `${key} ${before.get(key)} instead of ${now.get(key)}`).join(", ");
    throw new FoleyError("invalid-argument", `The folder ${directory} was prepared otherwise: it has ${list}.`, {
      hint: "Choose another folder for these parts, or give the parts of that one.",
    });
  }
}
