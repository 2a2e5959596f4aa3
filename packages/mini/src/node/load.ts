/** The small model from files, read in place. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertKind, FoleyError } from "@foley-control/core";
import { digestFile } from "@foley-control/files/node";
import { openSafetensors } from "@foley-control/weights/node";
import { MINI_FILES, type MiniModel, type MiniPart, miniFromSources } from "../files.js";

/** Options of {@link loadMini}. */
export interface LoadMiniOptions {
  /** Folder with the files of `MINI_FILES`. Default: the weights that this package ships. */
  readonly directory?: string | undefined;
  /** Whether the files are hashed and compared with the digests that the bridge carries (some 20 ms). Default true. */
  readonly verify?: boolean | undefined;
}

/** Folder of the weights that this package ships. */
export function miniDirectory(): string {
  // From dist/node.js, from a chunk beside it, and from src/node/load.ts.
  const found = ["../weights/", "../../weights/"]
    .map((up) => fileURLToPath(new URL(up, import.meta.url)))
    .find((folder) => existsSync(folder));
  return found ?? fileURLToPath(new URL("../weights/", import.meta.url));
}

/**
 * Opens the small model. Its weights stay in their files until a runtime reads them.
 *
 * @throws FoleyError `bad-file` when a file is missing or damaged; `bad-weights` when the files do not fit together.
 * @example
 * const { backbone, encoder, bridge, card } = await loadMini();
 */
export async function loadMini(options: LoadMiniOptions = {}): Promise<MiniModel> {
  assertKind("options", options, "object", "Pass { directory }, or leave it out for the embedded model.");
  const directory = options.directory ?? miniDirectory();
  const parts = Object.keys(MINI_FILES) as MiniPart[];
  const missing = parts.filter((part) => !existsSync(join(directory, MINI_FILES[part])));
  if (missing.length > 0) {
    const what = `The folder "${directory}" has no ${missing.map((part) => MINI_FILES[part]).join(", no ")}.`;
    const again = options.directory === undefined;
    const hint = again ? "Install @foley-control/mini again." : "Give a folder that packMini() wrote.";
    throw new FoleyError("bad-file", what, { hint });
  }
  const files = await Promise.all(parts.map((part) => openSafetensors(join(directory, MINI_FILES[part]))));
  const model = miniFromSources(
    Object.fromEntries(parts.map((part, i) => [part, files[i]])) as Record<MiniPart, (typeof files)[number]>,
  );
  if (options.verify !== false) {
    for (const part of ["backbone", "encoder"] as const) {
      if ((await digestFile(join(directory, MINI_FILES[part]))) !== model.card.digests[part]) {
        const what = `The bridge in "${directory}" was trained with another ${MINI_FILES[part]} than the one beside it.`;
        throw new FoleyError("bad-weights", what, { hint: "Take all three files from one training." });
      }
    }
  }
  return model;
}
