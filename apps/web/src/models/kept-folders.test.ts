import { expect, test } from "vitest";
import type { ModelSource } from "../engine/engine.js";
import type { Handles } from "../storage/handles.js";
import { type FolderHandle, keptFolders } from "./kept-folders.js";

function fakeHandles(): Handles<FolderHandle> {
  const all = new Map<string, FolderHandle>();
  return {
    get: async (id) => all.get(id),
    keys: async () => [...all.keys()],
    set: async (id, handle) => void all.set(id, handle),
    remove: async (id) => void all.delete(id),
  };
}

/** A folder that a browser asks for, with these files. */
function fakeFolder(files: readonly string[], answer: PermissionState): FolderHandle & { asked: number } {
  let state: PermissionState = "prompt";
  const folder = {
    ...{ name: "mine", kind: "directory", asked: 0 },
    queryPermission: async () => state,
    async requestPermission() {
      folder.asked++;
      state = answer;
      return state;
    },
    async *values() {
      for (const name of files) yield { kind: "file", name, getFile: async () => new File([name], name) };
    },
  };
  return folder as unknown as FolderHandle & { asked: number };
}

const whole = ["backbone.safetensors", "video-encoder.safetensors", "bridge.safetensors"];
const model: ModelSource = { id: "folder:mine", name: "mine", files: () => Promise.reject(new Error("not asked for")) };

test("a folder is known after a reload, and read once the person allows it", async () => {
  const handles = fakeHandles();
  const folder = fakeFolder(whole, "granted");
  await keptFolders(handles).keep(model, folder);
  const again = keptFolders(handles);
  const [known] = await again.list();
  expect(known?.id).toBe("folder:mine");
  expect(await again.open(known!)).toBeUndefined();
  expect(folder.asked).toBe(0);
  expect(await again.open(known!, { ask: true })).toMatchObject({ id: "folder:mine", name: "mine" });
  expect((await again.open(known!))?.name).toBe("mine");
  await again.forget("folder:mine");
  expect(await again.list()).toEqual([]);
});

test("who does not allow it is left alone; what is missing in it is named", async () => {
  const handles = fakeHandles();
  const folders = keptFolders(handles);
  await folders.keep(model, fakeFolder(whole, "denied"));
  expect(await folders.open((await folders.list())[0]!, { ask: true })).toBeUndefined();
  await folders.keep(model, fakeFolder(whole.slice(1), "granted"));
  await expect(folders.open((await folders.list())[0]!, { ask: true })).rejects.toThrow(/backbone\.safetensors/);
});
