/**
 * Room on a full disk. Finished windows of long takes can be made again, and what a person made cannot: they go first, the oldest one at a time,
 * and what did not fit is written again. Only when none is left is the disk full.
 */
import { type Disk, isFull } from "./disk.js";

/** The folder of finished windows of takes, which the engine is given. */
export const WINDOWS = "kept-windows";

/** The same disk, on which finished windows make room. */
export function givingRoom(disk: Disk): Disk {
  const trying = async <T>(work: () => Promise<T>): Promise<T> => {
    let windows: string[] | undefined;
    for (;;)
      try {
        return await work();
      } catch (error) {
        if (!isFull(error)) throw error;
        windows ??= await oldestLast(disk);
        const oldest = windows.pop();
        if (oldest === undefined) throw error;
        // One that is being written or read stays.
        await disk.remove(oldest).catch(() => undefined);
      }
  };
  return {
    ...disk,
    write: (path, parts) => trying(() => disk.write(path, parts)),
    append: (path, at, bytes) => trying(() => disk.append(path, at, bytes)),
    patch: (path, at, bytes) => trying(() => disk.patch(path, at, bytes)),
    move: (from, to) => trying(() => disk.move(from, to)),
  };
}

async function oldestLast(disk: Disk): Promise<string[]> {
  const files = (await disk.list(WINDOWS).catch(() => [])).filter(({ folder }) => !folder);
  return files.toSorted((a, b) => b.changedAt - a.changedAt).map(({ name }) => `${WINDOWS}/${name}`);
}
