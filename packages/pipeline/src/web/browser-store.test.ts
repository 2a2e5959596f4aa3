import { expect, it } from "vitest";
import { browserStore } from "./browser-store.js";

/** A folder of a browser's private file system, as far as a store knows it: what is written is there when it is closed. */
function fakeFolder(quota = Number.POSITIVE_INFINITY) {
  const files = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly lastModified: number }>();
  let clock = 0;
  const missing = (): never => {
    throw new DOMException("There is none.", "NotFoundError");
  };
  const handleOf = (name: string) => ({
    kind: "file",
    name,
    getFile: async () => {
      const { bytes, lastModified } = files.get(name) ?? missing();
      return new File([bytes], name, { lastModified });
    },
    createWritable: async () => {
      let written = new Uint8Array(0);
      return {
        write: async (bytes: Uint8Array<ArrayBuffer>) => {
          if (bytes.length > quota) throw new DOMException("No space.", "QuotaExceededError");
          written = bytes.slice();
        },
        abort: async () => undefined,
        close: async () => void files.set(name, { bytes: written, lastModified: ++clock }),
      };
    },
  });
  const folder = {
    getFileHandle: async (name: string, options?: { readonly create?: boolean }) =>
      files.has(name) || options?.create ? handleOf(name) : missing(),
    removeEntry: async (name: string) => void (files.delete(name) || missing()),
    async *values() {
      for (const name of files.keys()) yield handleOf(name);
    },
  };
  return { files, folder: folder as unknown as FileSystemDirectoryHandle };
}

it("keeps bytes by name, and lets go the oldest", async () => {
  const { files, folder } = fakeFolder();
  const store = browserStore({ folder, limitBytes: 250 });
  expect(await store.get("a")).toBeUndefined();
  for (const [i, name] of ["a", "b", "c"].entries()) await store.put(name, new Uint8Array(100).fill(i));
  expect([...files.keys()]).toEqual(["b.window", "c.window"]);
  expect(await store.get("c")).toEqual(new Uint8Array(100).fill(2));
});

it("leaves nothing when there is no space", async () => {
  const { files, folder } = fakeFolder(50);
  await expect(browserStore({ folder }).put("a", new Uint8Array(100))).rejects.toThrow("No space");
  expect(files.size).toBe(0);
});

it("says that there is no private file system", async () => {
  await expect(browserStore().get("a")).rejects.toMatchObject({ code: "unsupported" });
});
