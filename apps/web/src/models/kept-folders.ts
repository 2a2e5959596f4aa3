/** Folders with models that were chosen earlier: ways to them are kept where the browser has handles, and it is asked again before it reads them. */
import type { ModelSource } from "../engine/engine.js";
import { type Handles, openHandles } from "../storage/handles.js";
import { filesOfHandle, modelOfFiles } from "./folder.js";

/** A handle of a folder, with what Chromium adds to it. */
export interface FolderHandle extends FileSystemDirectoryHandle {
  queryPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
}

/** A folder that is known. */
export interface KeptFolder {
  /** What the model in it is called by takes. */
  readonly id: string;
  readonly handle: FolderHandle;
}

/** All that are known. */
export interface KeptFolders {
  list(): Promise<readonly KeptFolder[]>;
  keep(model: ModelSource, handle: FolderHandle): Promise<void>;
  forget(id: string): Promise<void>;
  /**
   * The model of a folder; `undefined` where the person has to allow it first. With `ask` they are asked, which needs a click.
   *
   * @throws FoleyError `not-found` when it is not there any more, whole
   */
  open(folder: KeptFolder, options?: { readonly ask?: boolean }): Promise<ModelSource | undefined>;
}

/** Opens the list. */
export function keptFolders(handles: Handles<FolderHandle> = openHandles<FolderHandle>(undefined, "model-folders")): KeptFolders {
  return {
    async list() {
      const ids = await handles.keys();
      const found = await Promise.all(ids.map(async (id) => ({ id, handle: await handles.get(id) })));
      return found.flatMap(({ id, handle }) => (handle ? [{ id, handle }] : []));
    },
    keep: (model, handle) => handles.set(model.id, handle),
    forget: (id) => handles.remove(id),
    async open({ handle }, { ask = false } = {}) {
      const mode = { mode: "read" } as const;
      const state = (await handle.queryPermission?.(mode)) ?? "granted";
      const allowed = state === "granted" || (ask && (await handle.requestPermission?.(mode)) === "granted");
      if (!allowed) return undefined;
      // A folder that was removed or renamed has no files.
      return modelOfFiles(await filesOfHandle(handle).catch(() => []));
    },
  };
}
