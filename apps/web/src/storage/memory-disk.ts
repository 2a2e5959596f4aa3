/** A disk in memory, for a browser that lets this page keep nothing, and for tests; it can be full. */
import { concatBytes } from "@foley-control/core";
import { type Disk, fullError } from "./disk.js";

/** Makes one. `capacity()` says how many bytes it holds. */
export function createMemoryDisk({
  capacity = () => Number.POSITIVE_INFINITY,
}: {
  readonly capacity?: () => number;
} = {}): Disk & {
  readonly files: Map<string, Uint8Array>;
} {
  const files = new Map<string, Uint8Array>();
  const put = (path: string, bytes: Uint8Array): void => {
    let others = 0;
    for (const [name, { length }] of files) if (name !== path) others += length;
    const room = capacity() - others;
    files.set(path, bytes.subarray(0, Math.max(0, room)));
    if (bytes.length > room) throw fullError();
  };
  return {
    files,
    async list(folder) {
      const found = new Map<string, { folder: boolean; size: number }>();
      for (const [path, { length }] of files) {
        if (!path.startsWith(`${folder}/`)) continue;
        const [name = "", ...rest] = path.slice(folder.length + 1).split("/");
        found.set(name, rest.length > 0 ? { folder: true, size: 0 } : { folder: false, size: length });
      }
      return [...found].map(([name, entry]) => ({ name, ...entry, changedAt: 0 }));
    },
    async read(path, range) {
      return files.get(path)?.slice(range?.from, range?.to);
    },
    async file(path) {
      const bytes = files.get(path);
      return bytes && new Blob([bytes.slice()]);
    },
    async write(path, parts) {
      put(path, concatBytes(parts));
    },
    async append(path, at, bytes) {
      const before = files.get(path) ?? new Uint8Array();
      put(path, concatBytes([before.subarray(0, at), bytes]));
      return Math.min(at, before.length) + bytes.length;
    },
    async patch(path, at, bytes) {
      const before = files.get(path) ?? new Uint8Array();
      const after = new Uint8Array(Math.max(before.length, at + bytes.length));
      after.set(before);
      after.set(bytes, at);
      put(path, after);
    },
    async move(from, to) {
      const bytes = files.get(from);
      if (bytes === undefined) throw new Error(`There is no ${from}.`);
      files.delete(from);
      files.set(to, bytes);
    },
    async remove(path) {
      for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
    },
  };
}
