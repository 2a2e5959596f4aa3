/** Sounds in temporary files. Whatever becomes of the process, they do not stay: where the system allows it they have no name from the beginning. */
import { close, closeSync, openSync, read as readCallback, readSync, rmSync, write as writeCallback } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemporaryFolder, notReadable, notWritable } from "@foley-control/files/node";
import type { ScratchShape, ScratchWriter, SoundScratch, StoredSound } from "../scratch.js";

const [read, write] = [promisify(readCallback), promisify(writeCallback)];
const WHAT = "The temporary file of the sound";
const HINT = "Free space where temporary files go, or name another place with TMPDIR.";

/** Files whose sound somebody holds: number of the open file, and the folder where there is one. */
interface Held {
  readonly file: number;
  readonly folder: string | undefined;
}

const abandoned = new FinalizationRegistry<Held>(({ file, folder }) => {
  close(file, () => folder !== undefined && rmSync(folder, { recursive: true, force: true }));
});
/** Folders that go when the process does, where an open file cannot lose its name. */
const folders = new Set<string>();
let waits = false;

/** A place for long sounds in the folder for temporary files. */
export const temporaryScratch = (): SoundScratch => ({ begin });

async function begin({ sampleRate, channelCount, length }: ScratchShape): Promise<ScratchWriter> {
  const failed = (cause: unknown): never => {
    throw notWritable(WHAT, cause, HINT);
  };
  const folder = await makeTemporaryFolder().catch(failed);
  const file = openSync(join(folder, "sound"), "wx+", 0o600);
  const named = process.platform === "win32";
  if (named) keepUntilExit(folder);
  else await rm(folder, { recursive: true, force: true });
  const held: Held = { file, folder: named ? folder : undefined };
  let written = 0;
  return {
    async append(channels) {
      for (const [channel, samples] of channels.entries()) {
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
        const at = 4 * (channel * length + written);
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await write(file, bytes, done, bytes.length - done, at + done).catch(failed);
          done += bytesWritten;
        }
      }
      written += channels[0]?.length ?? 0;
    },
    async end() {
      const stored = storedSound(file, { sampleRate, channelCount, length });
      abandoned.register(stored, held);
      return stored;
    },
    async discard() {
      closeSync(file);
      if (held.folder !== undefined) await rm(held.folder, { recursive: true, force: true });
    },
  };
}

function storedSound(file: number, shape: ScratchShape): StoredSound {
  const { sampleRate, channelCount, length } = shape;
  const empty = (from: number, to: number): Float32Array<ArrayBuffer>[] =>
    Array.from({ length: channelCount }, () => new Float32Array(Math.max(0, Math.min(to, length) - from)));
  const stored: StoredSound = {
    ...shape,
    async read(from, to) {
      const channels = empty(from, to);
      for (const [channel, samples] of channels.entries()) {
        const bytes = new Uint8Array(samples.buffer);
        const at = 4 * (channel * length + from);
        for (let done = 0; done < bytes.length; ) {
          const { bytesRead } = await read(file, bytes, done, bytes.length - done, at + done);
          if (bytesRead === 0) throw notReadable(WHAT, new Error("it is shorter than it was"));
          done += bytesRead;
        }
      }
      // Whoever reads holds the sound, and the file stays open.
      void stored.length;
      return channels;
    },
    whole() {
      const channels = empty(0, length);
      for (const [channel, samples] of channels.entries()) {
        const bytes = new Uint8Array(samples.buffer);
        for (let done = 0; done < bytes.length; ) {
          const bytesRead = readSync(file, bytes, done, bytes.length - done, 4 * channel * length + done);
          if (bytesRead === 0) throw notReadable(WHAT, new Error("it is shorter than it was"));
          done += bytesRead;
        }
      }
      void stored.length;
      return { sampleRate, channels };
    },
  };
  return stored;
}

function keepUntilExit(folder: string): void {
  folders.add(folder);
  if (waits) return;
  waits = true;
  process.on("exit", () => {
    for (const each of folders) rmSync(each, { recursive: true, force: true, maxRetries: 2 });
  });
}
