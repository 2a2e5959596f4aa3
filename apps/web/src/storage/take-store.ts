/**
 * Samples of takes on the disk, one file each: a head of 16 bytes (`FLY1`, channels, Hz, samples per channel) and the channels one after the
 * other as 32-bit numbers. A take is written while it is made. One that does not fit on the disk stays in memory and is tried again, so it is
 * heard and saved all the same; a long one says that there is no space.
 */
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { Disk } from "./disk.js";
import type { TakeStore } from "./projects.js";
import { HEAD, MAGIC } from "./take-file.js";
import { beginTake } from "./take-writer.js";

/** How the name of a take's file ends. */
const ENDING = ".f32";
/** How that of a take ends that is still made; one that was left so goes when the project is opened. */
const UNFINISHED = ".part";

/** Name of a take's file. */
export const takeName = (digest: string): string => `${digest}${ENDING}`;

/** Makes the store of takes of a folder. `onKept` hears how many takes are only in memory, and why. */
export function createTakeStore(
  disk: Disk,
  folder: string,
  { onKept = () => undefined }: { readonly onKept?: (count: number, error?: unknown) => void } = {},
): TakeStore & {
  /** Tries again to write what is only in memory; fails when that fails. */
  flush(): Promise<void>;
} {
  const kept = new Map<string, Uint8Array>();
  const heads = new Map<string, readonly [number, number]>();
  const pathOf = (digest: string): string => `${folder}/${takeName(digest)}`;

  const read = async (digest: string, from: number, to: number): Promise<Uint8Array> => {
    const bytes = kept.get(digest)?.slice(from, to) ?? (await disk.read(pathOf(digest), { from, to }));
    if (bytes === undefined || bytes.length < to - from)
      throw new ToldError("not-found", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
    return bytes;
  };
  const headOf = async (digest: string): Promise<readonly [number, number]> => {
    const known = heads.get(digest);
    if (known) return known;
    const view = new DataView(((await read(digest, 0, HEAD)).slice() as Uint8Array<ArrayBuffer>).buffer);
    const head = [view.getUint32(4, true), view.getUint32(12, true)] as const;
    if (view.getUint32(0, true) !== MAGIC)
      throw new ToldError("bad-file", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
    heads.set(digest, head);
    return head;
  };

  return {
    begin: (shape) =>
      beginTake(disk, shape, {
        path: `${folder}/${crypto.randomUUID()}${UNFINISHED}`,
        pathOf,
        onKept(digest, bytes, error) {
          kept.set(digest, bytes);
          onKept(kept.size, error);
        },
      }),
    async read(digest, start, end) {
      const [channels, samples] = await headOf(digest);
      const [from, to] = [start, end].map((frame) => Math.min(samples, Math.max(0, Math.round(frame)))) as [number, number];
      return Promise.all(
        Array.from({ length: channels }, async (_, channel) => {
          const at = HEAD + 4 * channel * samples;
          const bytes = to > from ? await read(digest, at + 4 * from, at + 4 * to) : new Uint8Array();
          return new Float32Array(bytes.slice().buffer as ArrayBuffer);
        }),
      );
    },
    async sweep(used) {
      for (const digest of kept.keys()) if (!used.has(digest)) kept.delete(digest);
      for (const { name } of await disk.list(folder))
        if (!name.endsWith(ENDING) || !used.has(name.slice(0, -ENDING.length))) await disk.remove(`${folder}/${name}`);
      onKept(kept.size);
    },
    async flush() {
      for (const [digest, bytes] of kept) {
        await disk.write(pathOf(digest), [bytes]);
        kept.delete(digest);
        onKept(kept.size);
      }
    },
  };
}
