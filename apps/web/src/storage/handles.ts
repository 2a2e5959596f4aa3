/** Ways to videos that stay where they are: handles in a small database, in browsers that have them. Elsewhere a video is shown again by hand. */

const DATABASE = "foley-studio";
const STORE = "handles";

/** A handle of a file, with what Chromium adds to it. */
export interface VideoHandle extends FileSystemFileHandle {
  queryPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
}

/** The handles of all projects. Failures of the database are not worth a sentence: a video is then shown again by hand. */
export interface Handles {
  get(project: string): Promise<VideoHandle | undefined>;
  set(project: string, handle: VideoHandle): Promise<void>;
  remove(project: string): Promise<void>;
}

/** Opens the database. */
export function openHandles(factory: IDBFactory | undefined = globalThis.indexedDB): Handles {
  const database = new Promise<IDBDatabase | undefined>((resolve) => {
    try {
      const request = factory?.open(DATABASE, 1);
      if (request === undefined) return resolve(undefined);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
  const ask = async <T>(mode: IDBTransactionMode, make: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> => {
    const open = await database;
    if (open === undefined) return undefined;
    return new Promise((resolve) => {
      try {
        const request = make(open.transaction(STORE, mode).objectStore(STORE));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  };
  return {
    get: (project) => ask("readonly", (store) => store.get(project) as IDBRequest<VideoHandle>),
    set: async (project, handle) => {
      await ask("readwrite", (store) => store.put(handle, project));
    },
    remove: async (project) => {
      await ask("readwrite", (store) => store.delete(project));
    },
  };
}
