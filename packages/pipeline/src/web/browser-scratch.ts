/** Sounds in the private file system of a page: written while they are made, read in parts. */

import type { ScratchShape, ScratchWriter, SoundScratch } from "../scratch.js";
import { privateFolder } from "./private-folder.js";

/** Options of {@link browserScratch}. */
export interface BrowserScratchOptions {
  /** Folder, which is made when it is missing. Default: "foley-scratch" in the private file system of the page. */
  readonly folder?: FileSystemDirectoryHandle | undefined;
}

/** Milliseconds after which a sound belongs to nobody: pages that are closed leave theirs behind. */
const ABANDONED = 24 * 60 * 60 * 1000;

/**
 * A place for long sounds in a page. What lies there can be read in parts only: `Take.audio` and what needs it are refused.
 *
 * @throws FoleyError `unsupported`, when it is used, where the browser has no private file system.
 */
export function browserScratch({ folder }: BrowserScratchOptions = {}): SoundScratch {
  return { begin: async (shape) => begin(folder ?? (await privateFolder("foley-scratch")), shape) };
}

const abandoned = new FinalizationRegistry<{ readonly directory: FileSystemDirectoryHandle; readonly name: string }>(
  ({ directory, name }) => void directory.removeEntry(name).catch(() => undefined),
);

async function begin(directory: FileSystemDirectoryHandle, shape: ScratchShape): Promise<ScratchWriter> {
  const name = `${crypto.randomUUID()}.sound`;
  const handle = await directory.getFileHandle(name, { create: true });
  await sweep(directory, (await handle.getFile()).lastModified);
  const stream = await handle.createWritable();
  const { channelCount, length } = shape;
  let written = 0;
  return {
    async append(channels) {
      for (const [channel, samples] of channels.entries()) {
        const data = samples as Float32Array<ArrayBuffer>;
        await stream.write({ type: "write", position: 4 * (channel * length + written), data });
      }
      written += channels[0]?.length ?? 0;
    },
    async end() {
      await stream.close();
      const file = await handle.getFile();
      const read = async (from: number, to: number): Promise<readonly Float32Array[]> =>
        Promise.all(
          Array.from({ length: channelCount }, async (_, channel) => {
            const at = 4 * channel * length;
            return new Float32Array(await file.slice(at + 4 * from, at + 4 * Math.min(to, length)).arrayBuffer());
          }),
        );
      const stored = { ...shape, read };
      abandoned.register(stored, { directory, name });
      return stored;
    },
    async discard() {
      await stream.abort().catch(() => undefined);
      await directory.removeEntry(name).catch(() => undefined);
    },
  };
}

/** Removes what pages that were closed have left. */
async function sweep(directory: FileSystemDirectoryHandle, now: number): Promise<void> {
  for await (const handle of directory.values()) {
    if (handle.kind !== "file" || !handle.name.endsWith(".sound")) continue;
    const age = await handle.getFile().then(
      (file) => now - file.lastModified,
      () => 0,
    );
    if (age > ABANDONED) await directory.removeEntry(handle.name).catch(() => undefined);
  }
}
