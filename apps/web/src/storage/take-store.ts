/**
 * Samples of takes on the disk, one file each: a head of 16 bytes (`FLY1`, channels, Hz, samples per channel) and the channels one after the
 * other as 32-bit numbers. A take that does not fit on the disk stays in memory and is tried again, so it is heard and saved all the same.
 */
import { FoleyError } from "@foley-control/core";
import { text } from "../strings/text.js";
import type { Disk } from "./disk.js";
import type { TakeStore } from "./projects.js";

/** Bytes before the samples. */
const HEAD = 16;
/** `FLY1`, as a little-endian number. */
const MAGIC = 0x31594c46;
/** Bytes that are hashed at once. */
const PART = 1 << 22;
/** How the name of a take's file ends. */
const ENDING = ".f32";

/** Name of a take's file. */
export const takeName = (digest: string): string => `${digest}${ENDING}`;

type Parts = readonly Uint8Array<ArrayBuffer>[];

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
      throw new FoleyError("not-found", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
    return bytes;
  };
  const headOf = async (digest: string): Promise<readonly [number, number]> => {
    const known = heads.get(digest);
    if (known) return known;
    const view = new DataView(((await read(digest, 0, HEAD)).slice() as Uint8Array<ArrayBuffer>).buffer);
    const head = [view.getUint32(4, true), view.getUint32(12, true)] as const;
    if (view.getUint32(0, true) !== MAGIC)
      throw new FoleyError("bad-file", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
    heads.set(digest, head);
    return head;
  };

  return {
    async write(channels, sampleRate) {
      const parts = partsOf(channels, sampleRate);
      const digest = await digestOf(parts.map((part) => new Blob([part])));
      if (kept.has(digest)) return digest;
      try {
        await disk.write(pathOf(digest), parts);
      } catch (error) {
        kept.set(digest, new Uint8Array(await new Blob([...parts]).arrayBuffer()));
        await disk.remove(pathOf(digest)).catch(() => undefined);
        onKept(kept.size, error);
      }
      return digest;
    },
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

function partsOf(channels: readonly Float32Array[], sampleRate: number): Parts {
  const samples = channels[0]?.length ?? 0;
  const head = new DataView(new ArrayBuffer(HEAD));
  for (const [index, value] of [MAGIC, channels.length, sampleRate, samples].entries()) head.setUint32(4 * index, value, true);
  // Exact copies: WebKit writes the whole buffer of a view.
  return [new Uint8Array(head.buffer), ...channels.map((channel) => new Uint8Array(channel.slice().buffer as ArrayBuffer))];
}

/** SHA-256 of the SHA-256 of every 4 MiB: what browsers have hashes nothing bit by bit, and an hour of sound is never hashed as one copy. */
async function digestOf(parts: readonly Blob[]): Promise<string> {
  const digests: Uint8Array<ArrayBuffer>[] = [];
  for (const part of parts) for (let at = 0; at < part.size; at += PART) digests.push(await sha256(part.slice(at, at + PART)));
  return [...(await sha256(new Blob(digests)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(bytes: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer()));
}

/** The digest by which a take's file has to be called; `undefined` for what is none. */
export async function digestOfTake(file: Blob): Promise<string | undefined> {
  if (file.size < HEAD) return undefined;
  const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
  const [channels, samples] = [view.getUint32(4, true), view.getUint32(12, true)];
  if (view.getUint32(0, true) !== MAGIC || file.size !== HEAD + 4 * channels * samples) return undefined;
  const ends = Array.from({ length: channels + 1 }, (_, index) => HEAD + 4 * samples * index);
  return digestOf(ends.map((end, index) => file.slice(index === 0 ? 0 : ends[index - 1], end)));
}
