/** The browser's private file system, in a worker: only there can a page write through handles that say how many bytes were taken. */
import { Moved, serveAnswers, type WorkerPort } from "../clip/calls.js";
import type { DiskEntry } from "./disk.js";
import { patchAt, readRange, type SyncFile, writeFrom } from "./sync-file.js";

/** Milliseconds to wait for a file that another tab or worker has open. */
const WAIT = 50;
/** Bytes that are copied at once. */
const COPIED = 1 << 22;
/** How often. */
const TRIES = 20;

interface SyncHandle extends SyncFile {
  close(): void;
}

const split = (path: string): { readonly folders: readonly string[]; readonly name: string } => {
  const folders = path.split("/");
  return { name: folders.pop() as string, folders };
};

async function folderOf(folders: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  let folder = await navigator.storage.getDirectory();
  try {
    for (const name of folders) folder = await folder.getDirectoryHandle(name, { create });
  } catch (error) {
    if (!create && isMissing(error)) return undefined;
    throw error;
  }
  return folder;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error.name === "NotFoundError" || error.name === "TypeMismatchError");

async function withFile<T>(path: string, use: (file: SyncFile) => T): Promise<T> {
  const { folders, name } = split(path);
  const folder = (await folderOf(folders, true)) as FileSystemDirectoryHandle;
  const file = await opened((await folder.getFileHandle(name, { create: true })) as unknown as SyncOpener);
  try {
    return use(file);
  } finally {
    file.close();
  }
}

interface SyncOpener {
  createSyncAccessHandle(): Promise<SyncHandle>;
}

/** A handle that nobody else has at this moment; others have it only while they write. */
async function opened(handle: SyncOpener): Promise<SyncHandle> {
  for (let left = TRIES; ; left--) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if (left === 0 || !(error instanceof Error) || error.name !== "NoModificationAllowedError") throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT));
    }
  }
}

async function fileOf(path: string): Promise<File | undefined> {
  const { folders, name } = split(path);
  try {
    return await (await (await folderOf(folders, false))?.getFileHandle(name))?.getFile();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A handle of a browser that can rename; Safari's older ones cannot. */
interface Movable {
  move?(name: string): Promise<void>;
}

/** Gives a file another name in its folder. */
async function move(from: string, to: string): Promise<void> {
  const [old, wanted] = [split(from), split(to)];
  const folder = (await folderOf(wanted.folders, true)) as FileSystemDirectoryHandle;
  await folder.removeEntry(wanted.name).catch(() => undefined);
  const handle = (await (await folderOf(old.folders, false))?.getFileHandle(old.name)) as unknown as Movable | undefined;
  if (handle?.move && old.folders.join("/") === wanted.folders.join("/")) return handle.move(wanted.name);
  const size = await withFile(from, (file) => file.getSize());
  for (let at = 0; at < size; at += COPIED) {
    const bytes = await withFile(from, (file) => readRange(file, at, at + COPIED));
    await withFile(to, (file) => writeFrom(file, at, [bytes]));
  }
  await remove(from);
}

async function remove(path: string): Promise<void> {
  const { folders, name } = split(path);
  try {
    await (await folderOf(folders, false))?.removeEntry(name, { recursive: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

serveAnswers(globalThis as unknown as WorkerPort, {
  /** Fails where the browser lets this page keep nothing. */
  check: async () => {
    await withFile("check", (file) => writeFrom(file, 0, [new Uint8Array([1])]));
  },
  list: async ({ folder: path }: { readonly folder: string }): Promise<readonly DiskEntry[]> => {
    const folder = await folderOf(path.split("/"), false);
    const found: DiskEntry[] = [];
    for await (const [name, handle] of (folder as unknown as AsyncIterable<[string, FileSystemHandle]> | undefined) ?? []) {
      const file = handle.kind === "file" ? await (handle as FileSystemFileHandle).getFile() : undefined;
      found.push({ name, folder: file === undefined, size: file?.size ?? 0, changedAt: file?.lastModified ?? 0 });
    }
    return found;
  },
  read: async ({ path, range }: { readonly path: string; readonly range?: { readonly from: number; readonly to: number } }) => {
    const file = await fileOf(path);
    if (file === undefined) return undefined;
    const bytes = new Uint8Array(await file.slice(range?.from, range?.to).arrayBuffer());
    return new Moved(bytes, [bytes.buffer]);
  },
  file: ({ path }: { readonly path: string }) => fileOf(path),
  write: ({ path, parts }: { readonly path: string; readonly parts: readonly Uint8Array[] }) =>
    withFile(path, (file) => writeFrom(file, 0, parts)),
  append: ({ path, at, bytes }: { readonly path: string; readonly at: number; readonly bytes: Uint8Array }) =>
    withFile(path, (file) => writeFrom(file, at, [bytes])),
  patch: ({ path, at, bytes }: { readonly path: string; readonly at: number; readonly bytes: Uint8Array }) =>
    withFile(path, (file) => patchAt(file, at, bytes)),
  move: ({ from, to }: { readonly from: string; readonly to: string }) => move(from, to),
  remove: ({ path }: { readonly path: string }) => remove(path),
});
