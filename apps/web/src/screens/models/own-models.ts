/** Models that are not the studio's: those of folders, as far as they may be read, and those of the hub, which lie on the disk. */
import type { ModelSource } from "../../engine/engine.js";
import type { Disk } from "../../storage/disk.js";
import { openDisk } from "../../storage/open-disk.js";
import { text } from "../../strings/text.js";

/** A model in the list. */
export interface OwnModel {
  readonly source: ModelSource;
  /** Where it is from, and its licence. */
  readonly hint: string;
  /** Takes it out of the list, and off the disk; `undefined` where it stays. */
  readonly remove: (() => Promise<void>) | undefined;
}

/** Models of folders that were chosen since the page was opened. */
export const FOLDER_MODELS = new Set<OwnModel>();

let opening: Promise<Disk> | undefined;

/** The disk that holds models of the hub. */
export const modelDisk = (): Promise<Disk> => (opening ??= openDisk().then(({ disk }) => disk));

/** Models of the hub that are there whole. */
export async function storedOnDisk(): Promise<readonly OwnModel[]> {
  const [{ removeModel, storedModels }, disk] = await Promise.all([import("../../models/hub.js"), modelDisk()]);
  return (await storedModels(disk)).map(({ model, source }) => ({
    source,
    hint: text("models.hubHint", {
      commit: model.commit.slice(0, 12),
      licence: model.licence ?? text("models.hubUnknown"),
    }),
    remove: () => removeModel(model, disk),
  }));
}
