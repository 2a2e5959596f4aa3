/** Finished windows in a page: files of the browser's private file system, which come to be when they are closed. */
import { DEFAULT_KEPT_BYTES, type WindowStore } from "../kept/store.js";
import { privateFolder } from "./private-folder.js";

/** Options of {@link browserStore}. */
export interface BrowserStoreOptions {
  /** Folder, which is made when it is missing. Default: "foley-windows" in the private file system of the page. */
  readonly folder?: FileSystemDirectoryHandle | undefined;
  /** Bytes that stay; what is oldest goes. Default {@link DEFAULT_KEPT_BYTES}. */
  readonly limitBytes?: number | undefined;
}

const ENDING = ".window";

/**
 * A store of finished windows in a page.
 *
 * @throws FoleyError `unsupported`, when it is used, where the browser has no private file system.
 */
export function browserStore({ folder, limitBytes = DEFAULT_KEPT_BYTES }: BrowserStoreOptions = {}): WindowStore {
  let opened: Promise<FileSystemDirectoryHandle> | undefined;
  const open = (): Promise<FileSystemDirectoryHandle> =>
    (opened ??= folder ? Promise.resolve(folder) : privateFolder("foley-windows"));
  const sweep = async (directory: FileSystemDirectoryHandle): Promise<void> => {
    const files: { readonly name: string; readonly size: number; readonly age: number }[] = [];
    for await (const handle of directory.values()) {
      if (handle.kind !== "file" || !handle.name.endsWith(ENDING)) continue;
      const file = await handle.getFile().catch(() => undefined); // another tab may have removed it
      if (file) files.push({ name: handle.name, size: file.size, age: file.lastModified });
    }
    let left = files.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of files.sort((a, b) => a.age - b.age)) {
      if (left <= limitBytes) break;
      await directory.removeEntry(name).catch(() => undefined);
      left -= size;
    }
  };
  return {
    async get(name) {
      const directory = await open();
      const handle = await directory.getFileHandle(`${name}${ENDING}`).catch((error: DOMException) => {
        if (error.name === "NotFoundError") return undefined;
        throw error;
      });
      return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    async put(name, bytes) {
      if (bytes.byteLength > limitBytes) return;
      const directory = await open();
      const handle = await directory.getFileHandle(`${name}${ENDING}`, { create: true });
      const stream = await handle.createWritable();
      try {
        await stream.write(bytes as Uint8Array<ArrayBuffer>);
      } catch (error) {
        await stream.abort().catch(() => undefined);
        throw error;
      }
      await stream.close();
      await sweep(directory);
    },
  };
}
