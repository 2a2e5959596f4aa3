/** The disk of this browser: its private file system, or memory where it lets the page keep nothing. */
import { createAsker } from "../clip/calls.js";
import type { Disk } from "./disk.js";
import { createMemoryDisk } from "./memory-disk.js";
import { givingRoom } from "./room.js";

/** Opens it; `lasting` says whether what is written outlives the page. */
export async function openDisk(): Promise<{ readonly disk: Disk; readonly lasting: boolean }> {
  try {
    const worker = new Worker(new URL("./disk-worker.ts", import.meta.url), { type: "module", name: "disk" });
    const { ask, end } = createAsker(worker);
    worker.addEventListener("error", ({ message }) => end(new Error(message || "What writes files has stopped.")));
    await ask("check", undefined);
    const disk: Disk = {
      list: (folder) => ask("list", { folder }),
      read: (path, range) => ask("read", { path, range }),
      file: (path) => ask("file", { path }),
      write: (path, parts) => ask("write", { path, parts }),
      append: (path, at, bytes) => ask("append", { path, at, bytes }),
      patch: (path, at, bytes) => ask("patch", { path, at, bytes }),
      move: (from, to) => ask("move", { from, to }),
      remove: (path) => ask("remove", { path }),
    };
    return { disk: givingRoom(disk), lasting: true };
  } catch {
    return { disk: createMemoryDisk(), lasting: false };
  }
}
