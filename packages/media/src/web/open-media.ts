/** `openMedia` of a page. What reads and decodes is a worker, which a damaged file may take with it. */
import { FoleyError } from "@foley-control/core";
import type { GuestPool } from "../apart/guest-pool.js";
import { type ApartLimits, DEFAULT_LIMITS } from "../apart/limits.js";
import { openInGuest } from "../apart/open-apart.js";
import { blobOf, type MediaData, nameOf, readData } from "../read/media-data.js";
import type { MediaFile, OpenOptions } from "../read/types.js";
import type { OpenRequest } from "./guests.js";
import * as pools from "./guests.js";
import type { PageMediaFile, PageOpenOptions } from "./page-media-file.js";
import { picturesOf } from "./pictures.js";

/**
 * Opens a File, Blob or bytes. They are read and decoded in a worker, so that a file that keeps a decoder busy for ever is an error here and no
 * more; where no worker can be had, in the page itself.
 *
 * @throws FoleyError `missing-dependency` in a browser without WebCodecs; `bad-file` also for a file that ends its worker or keeps it busy to no
 * end; otherwise as the same function elsewhere.
 */
export async function openMedia(data: MediaData, options: PageOpenOptions = {}): Promise<PageMediaFile> {
  if (typeof VideoDecoder === "undefined" || typeof AudioDecoder === "undefined") {
    throw new FoleyError("missing-dependency", "This browser has no WebCodecs, or the page is not served over https.", {
      hint: "Use a current Chrome, Edge, Firefox or Safari, over https or on localhost.",
    });
  }
  const { isolation = "worker", ...reading } = options;
  const apart = isolation === "none" ? undefined : await openInWorker(data, reading);
  return apart ?? openInPage(data, reading);
}

/** Where the workers come from, and what a file may cost them. */
export interface WorkerOptions {
  readonly readers?: GuestPool;
  readonly writers?: GuestPool;
  readonly limits?: ApartLimits;
}

/** Opens it in a worker; `undefined` where none can be had. */
export async function openInWorker(
  data: MediaData,
  options: OpenOptions,
  { readers = pools.readers, writers = pools.writers, limits = DEFAULT_LIMITS }: WorkerOptions = {},
): Promise<PageMediaFile | undefined> {
  options.signal?.throwIfAborted();
  const name = nameOf(data);
  const { read, size } = readData(data, name);
  const blob = blobOf(data);
  const request: OpenRequest = { name, blob, size: blob ? undefined : size, onError: options.onError, limits };
  // A copy: what is sent is given away.
  const handlers = { read: async ({ start, end }: { start: number; end: number }) => (await read(start, end)).slice() };
  const opened = (pool: GuestPool, signal?: AbortSignal) => openInGuest(pool, { name, request, handlers }, signal);
  const file = await opened(readers, options.signal);
  if (!file) return undefined;
  let here: Promise<PageMediaFile> | undefined;
  const inPage = (): Promise<PageMediaFile> => (here ??= openInPage(data, { onError: options.onError }));
  // Another one writes, whose script is three times as large: a page that only reads does without.
  let writing: Promise<Writing> | undefined;
  const writer = (): Promise<Writing> => {
    if (disposed) throw new FoleyError("disposed", `${name} was closed.`, { hint: "Open it again." });
    // Its script first: nothing is open when it cannot be had.
    writing ??= loadWriteRemote().then(async ({ writeRemote }) => {
      const remote = await opened(writers);
      return remote ? { ...writeRemote(remote), dispose: remote.dispose } : inPage();
    });
    writing.catch(() => (writing = undefined));
    return writing;
  };
  let disposed = false;
  const dispose = (): void => {
    disposed = true;
    file.dispose();
    for (const other of [writing, here]) other?.then((each) => each.dispose()).catch(() => undefined);
  };
  const { writeAudio: _, isLarge: __, ...reading } = file;
  return {
    ...reading,
    dispose,
    [Symbol.dispose]: dispose,
    replaceAudio: async (...given) => (await writer()).replaceAudio(...given),
    writeWithAudio: async (...given) => (await writer()).writeWithAudio(...given),
    pictures: () => picturesOf(inPage),
  };
}

async function openInPage(data: MediaData, options: OpenOptions): Promise<PageMediaFile> {
  return (await import("./open-in-page.js")).openInPage(data, options);
}

const loadWriteRemote = () => import("../apart/write-remote.js");

type Writing = Pick<MediaFile, "replaceAudio" | "writeWithAudio" | "dispose">;

/**
 * Loads the encoders and muxers, 1.4 MB of script, which otherwise come when something is written for the first time, and starts the workers that
 * read and write clips: for pages that must do so without a network.
 */
export async function loadEncoders(): Promise<void> {
  const encoders = import("../write/load-encoders.js");
  await Promise.all([pools.readers.prepare(), startWriter(), loadWriteRemote(), encoders.then(({ loadFlac }) => loadFlac())]);
}

async function startWriter(): Promise<void> {
  const guest = await pools.writers.take();
  if (!guest) return (await import("../write/load-encoders.js")).loadWriters();
  try {
    await guest.peer.call("prepare", undefined);
  } finally {
    pools.writers.release(guest);
  }
}
