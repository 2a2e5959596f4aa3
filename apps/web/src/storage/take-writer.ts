/** A take that is being made: its file is written piece by piece, and what is there can be heard and drawn meanwhile. */
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { Disk } from "./disk.js";
import { digestOfTake, headOf, offsetOf, type SoundShape, sizeOf } from "./take-file.js";

/** Most bytes of a take that stays in memory because the disk is full: three minutes in stereo. */
const MOST_IN_MEMORY = 64e6;

/** A take on its way to the store. */
export interface TakeWriter {
  /** Samples per channel that are there. */
  readonly ready: number;
  /** Takes what comes next, planar. */
  append(channels: readonly Float32Array[]): Promise<void>;
  /** Samples from `start` to `end`, planar; what is not there yet is silent. */
  read(start: number, end: number): Promise<readonly Float32Array[]>;
  /** Ends it and gives the digest by which the store knows it. Only what is whole can be ended. */
  end(): Promise<string>;
  /** It is not wanted. */
  discard(): Promise<void>;
}

/** Where a take goes. */
interface TakePlace {
  /** Its file while it is made. */
  readonly path: string;
  readonly pathOf: (digest: string) => string;
  /** Hears of a finished take that could only be kept in memory, and why. */
  readonly onKept: (digest: string, bytes: Uint8Array, error: unknown) => void;
}

/** Begins a take. */
export async function beginTake(disk: Disk, shape: SoundShape, { path, pathOf, onKept }: TakePlace): Promise<TakeWriter> {
  const size = sizeOf(shape);
  let ready = 0;
  let kept: { readonly bytes: Uint8Array<ArrayBuffer>; readonly error: unknown } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: browsers do not read a file that is written at the same moment. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const own = last.then(work, work);
    last = own.catch(() => undefined);
    return own;
  };
  const put = async (at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (kept === undefined)
      try {
        return await disk.patch(path, at, bytes);
      } catch (error) {
        if (size > MOST_IN_MEMORY) throw error;
        kept = { bytes: new Uint8Array(size), error };
        const there = await disk.read(path).catch(() => undefined);
        if (there) kept.bytes.set(there.subarray(0, size));
        await disk.remove(path).catch(() => undefined);
      }
    kept.bytes.set(bytes, at);
  };
  await put(0, headOf(shape));
  return {
    get ready() {
      return ready;
    },
    append: (channels) =>
      inTurn(async () => {
        const count = Math.min(channels[0]?.length ?? 0, shape.samples - ready);
        // Exact copies: WebKit writes the whole buffer of a view.
        for (const [index, channel] of channels.entries())
          await put(offsetOf(shape, index, ready), new Uint8Array(channel.slice(0, count).buffer as ArrayBuffer));
        ready += count;
      }),
    read: (start, end) =>
      inTurn(() =>
        Promise.all(
          Array.from({ length: shape.channels }, async (_, channel) => {
            const out = new Float32Array(Math.max(0, end - start));
            const until = Math.min(end, ready);
            if (until <= start) return out;
            const [from, to] = [offsetOf(shape, channel, start), offsetOf(shape, channel, until)];
            const bytes = kept ? kept.bytes.slice(from, to) : await disk.read(path, { from, to });
            if (bytes) out.set(new Float32Array(bytes.slice().buffer as ArrayBuffer));
            return out;
          }),
        ),
      ),
    end: () =>
      inTurn(async () => {
        const file = kept ? new Blob([kept.bytes]) : await disk.file(path);
        const digest = file && ready === shape.samples ? await digestOfTake(file) : undefined;
        if (digest === undefined)
          throw new ToldError("bad-file", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
        if (kept) onKept(digest, kept.bytes, kept.error);
        else await disk.move(path, pathOf(digest));
        return digest;
      }),
    discard: () => inTurn(() => disk.remove(path).catch(() => undefined)),
  };
}
