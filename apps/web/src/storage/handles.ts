/** Ways to files and folders that stay where they are: handles in a small database, in browsers that have them. Elsewhere they are shown again by hand. */

const DATABASE = "foley-studio";
const STORES = ["handles", "model-folders"] as const;
const VERSION = 2;

/** A handle of a file, with what Chromium adds to it. */
export interface VideoHandle extends FileSystemFileHandle {
  queryPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
}

/** Handles by name, those of videos by their project. Failures of the database are not worth a sentence: a file is then shown again by hand. */
export interface Handles<Handle = VideoHandle> {
  get(name: string): Promise<Handle | undefined>;
  keys(): Promise<readonly string[]>;
  set(name: string, handle: Handle): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Opens the database. */
export function openHandles<Handle = VideoHandle>(
  factory: IDBFactory | undefined = globalThis.indexedDB,
  name: (typeof STORES)[number] = "handles",
): Handles<Handle> {
  const database = new Promise<IDBDatabase | undefined>((resolve) => {
    try {
      const request = factory?.open(DATABASE, VERSION);
      if (request === undefined) return resolve(undefined);
      request.onupgradeneeded = () => {
        const there = request.result.objectStoreNames;
        for (const one of STORES) if (!there.contains(one)) request.result.createObjectStore(one);
      };
      request.onsuccess = () => {
        // A tab with a newer version may change it.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => resolve(undefined);
      request.onblocked = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
  const ask = async <T>(mode: IDBTransactionMode, make: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> => {
    const open = await database;
    if (open === undefined) return undefined;
    return new Promise((resolve) => {
      try {
        const request = make(open.transaction(name, mode).objectStore(name));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  };
  return {
    get: (key) => ask("readonly", (store) => store.get(key) as IDBRequest<Handle>),
    keys: async () => ((await ask("readonly", (store) => store.getAllKeys())) ?? []).map(String),
    set: async (key, handle) => {
      await ask("readwrite", (store) => store.put(handle, key));
    },
    remove: async (key) => {
      await ask("readwrite", (store) => store.delete(key));
    },
  };
}
