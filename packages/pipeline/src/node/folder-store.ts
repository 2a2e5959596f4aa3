/** Finished windows in a folder: a file each, written beside its place and renamed, so that several processes may share one. */
import { mkdir, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeFileAtomically } from "@foley-control/files/node";
import { DEFAULT_KEPT_BYTES, type WindowStore } from "../kept/store.js";

/** Options of {@link folderStore}. */
export interface FolderStoreOptions {
  /** Folder, which is made when it is missing. Default: {@link keptFolder}. */
  readonly folder?: string | undefined;
  /** Bytes that stay; what was not used for longest goes. Default {@link DEFAULT_KEPT_BYTES}. */
  readonly limitBytes?: number | undefined;
}

/**
 * The folder for finished windows: `windows` in `FOLEY_CACHE_DIR`, else in `foley` where the platform keeps what can be made again:
 * `XDG_CACHE_HOME`, `~/Library/Caches` (macOS), `LOCALAPPDATA` (Windows), `~/.cache`.
 */
export function keptFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = env["FOLEY_CACHE_DIR"];
  if (own) return join(own, "windows");
  const usual = process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  const base = env["XDG_CACHE_HOME"] || (process.platform === "win32" && env["LOCALAPPDATA"]) || usual;
  return join(base, "foley", "windows");
}

const ENDING = ".window";
/** Share of the limit that is left when files had to go, so that not every window costs a look at all of them. */
const LEFT = 0.9;

/** A store of finished windows in a folder. */
export function folderStore({ folder = keptFolder(), limitBytes = DEFAULT_KEPT_BYTES }: FolderStoreOptions = {}): WindowStore {
  const pathOf = (name: string): string => join(folder, `${name}${ENDING}`);
  /** Bytes in the folder, when it was last looked at, and what was written since. */
  let total: number | undefined;
  const sweep = async (): Promise<number> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        // Another process may have removed it.
        const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
        return { path, size, mtimeMs };
      }),
    );
    let left = files.reduce((sum, { size }) => sum + size, 0);
    if (left <= limitBytes) return left;
    for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (left <= limitBytes * LEFT) break;
      await rm(path, { force: true });
      left -= size;
    }
    return left;
  };
  return {
    async get(name) {
      const path = pathOf(name);
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      // What was used is the last to go. A folder that may only be read serves too.
      if (bytes) await utimes(path, new Date(), new Date()).catch(() => undefined);
      return bytes;
    },
    async put(name, bytes) {
      if (bytes.byteLength > limitBytes) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Not flushed: what a loss of power leaves behind is told by its digest.
      await writeFileAtomically(pathOf(name), bytes, { flush: false });
      total = total === undefined ? await sweep() : total + bytes.byteLength;
      if (total > limitBytes) total = await sweep();
    },
  };
}
