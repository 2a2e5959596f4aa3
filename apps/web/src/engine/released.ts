/** Models that others released, from a folder of the person's own. Loaded when one is used. */
import type { AudioBackbone } from "@foley-control/core";
import { openBackboneFiles } from "@foley-control/models/web";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { ReleasedFiles } from "./engine.js";

/** Opens one; nothing is read but headers. */
export async function openReleased({ released }: ReleasedFiles): Promise<AudioBackbone> {
  const backbone = await openBackboneFiles(released);
  if (backbone !== undefined) return backbone;
  throw new ToldError("bad-file", text("models.notReleased"), { hint: text("models.folderLacksHint") });
}
