/**
 * One file of the hub into the cache. Bytes go into `<etag>.foley.incomplete`, which the next call continues; it becomes a blob only when
 * its size and digest are those that the hub announced.
 */
import { type FileHandle, mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FoleyError, type ProgressListener } from "@foley-control/core";
import { withLock } from "@foley-control/files/node";
import { digestAs, digestKind } from "./digest.js";
import { describe, type HubClient, headerOf, PassingFailure, persist, reason, type Subject, send } from "./http.js";
import { blobFile, linkSnapshot, snapshotFile } from "./layout.js";

/** One file to have in the cache. */
export interface WantedFile {
  /** The folder of the model in the cache. */
  readonly folder: string;
  readonly repository: string;
  /** Full commit hash. */
  readonly commit: string;
  /** Path inside the repository. */
  readonly file: string;
}

/** What the hub announces about a file. */
interface Announced {
  readonly etag: string;
  readonly size: number | undefined;
}

/** Fewer bytes than these in the time that a connection may stall are as good as none. */
const DRIP_BYTES = 1024;

/** What a try must bring so that failures are counted anew. */
const PROGRESS_BYTES = 1 << 16;

/** Longest file of which the hub does not say how long it is. */
const MAXIMUM_UNANNOUNCED_BYTES = 1 << 30;

/** Milliseconds between two events of progress. */
const progressEvery = 100;

/**
 * Makes sure that a file is in the cache.
 *
 * @returns its path in the snapshot
 * @throws FoleyError `bad-file` for content that is not what the hub announced, `not-writable` for a full disk
 */
export async function downloadFile(client: HubClient, wanted: WantedFile, onProgress?: ProgressListener): Promise<string> {
  const { folder, commit, file } = wanted;
  const snapshot = snapshotFile(folder, commit, file);
  if (await exists(snapshot)) return snapshot;
  const subject: Subject = { repository: wanted.repository, revision: commit, file };
  const path = file.split("/").map(encodeURIComponent).join("/");
  const url = `${client.settings.endpoint}/${wanted.repository}/resolve/${commit}/${path}`;
  const announced = await persist(client, subject, () => announce(client, url, subject));
  const blob = blobFile(folder, announced.etag);
  const lock = join(dirname(folder), ".locks", basename(folder), `${announced.etag}.foley.lock`);
  // Saves bandwidth and no more: content is checked against its digest before it counts, lock or no lock.
  const work = async (): Promise<void> => {
    if (!(await exists(blob))) await fetchBlob(client, url, subject, announced, blob, onProgress);
    if (!(await exists(snapshot))) await linkSnapshot(blob, snapshot);
  };
  await withLock(lock, work, { signal: client.signal }).catch((error: unknown) => {
    client.signal?.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (FoleyError.isInstance(error) || code === undefined) throw error;
    throw new FoleyError("not-writable", `Cannot write ${describe(subject)} into ${folder} (${code}).`, {
      hint: "Check the folder, or choose another with HF_HUB_CACHE.",
      cause: error,
    });
  });
  return snapshot;
}

/** Asks for size and ETag. A large file is redirected to its store; the hub's own answer says what lies there. */
async function announce(client: HubClient, url: string, subject: Subject): Promise<Announced> {
  const answer = await send(client, { method: "HEAD", url, leaveHub: false }, subject);
  const etag = headerOf(answer, "x-linked-etag") ?? headerOf(answer, "etag");
  const length = headerOf(answer, "x-linked-size") ?? (answer.response.ok ? headerOf(answer, "content-length") : undefined);
  const size = /^\d{1,15}$/.test(length ?? "") ? Number(length) : undefined;
  const plain = etag?.replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
  if (plain === undefined || (digestKind(plain) === undefined && size === undefined)) {
    throw new FoleyError("download-failed", `${new URL(url).host} tells neither a digest nor the size of ${describe(subject)}.`, {
      hint: "Check HF_ENDPOINT: it must be a hub, and no proxy may take its headers away.",
    });
  }
  return { etag: plain, size };
}

async function fetchBlob(
  client: HubClient,
  url: string,
  subject: Subject,
  announced: Announced,
  blob: string,
  onProgress: ProgressListener | undefined,
): Promise<void> {
  const partial = `${blob}.foley.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  const begun = await stat(partial).then(
    ({ size }) => size,
    () => 0,
  );
  await checkSpace(dirname(blob), subject, announced.size, begun);
  const verdict = await receive(client, url, subject, announced, partial, onProgress);
  // Old bytes may be what is wrong: once more without them.
  const last = verdict !== undefined && begun > 0 ? await receive(client, url, subject, announced, partial, onProgress) : verdict;
  if (last !== undefined) throw last;
  await rename(partial, blob);
}

/** Completes the partial file; on content that is not as announced it is deleted and the error returned. */
async function receive(
  client: HubClient,
  url: string,
  subject: Subject,
  announced: Announced,
  partial: string,
  onProgress: ProgressListener | undefined,
): Promise<FoleyError | undefined> {
  const { size: total } = announced;
  const file = await open(partial, "a").then(async (made) => {
    await made.close();
    return open(partial, "r+");
  });
  let wrong: string | undefined;
  try {
    let done = (await file.stat()).size;
    // Without a size nobody can tell whether old bytes are all of them.
    if (total === undefined || done > total) await file.truncate((done = 0));
    let gained = 0;
    let reported = Number.NEGATIVE_INFINITY;
    const report = (always: boolean): void => {
      const now = performance.now();
      if (!always && now - reported < progressEvery) return;
      reported = now;
      onProgress?.({ type: "download-progress", file: subject.file ?? "", done, ...(total === undefined ? {} : { total }) });
    };
    report(true);
    const piece = async (): Promise<void> => {
      if (done === total) return;
      for await (const { bytes, from } of bodyOf(client, url, subject, done)) {
        if (from === 0 && done > 0) await file.truncate((done = 0)); // the server does not resume
        if (done + bytes.length > (total ?? MAXIMUM_UNANNOUNCED_BYTES)) {
          wrong = total === undefined ? `it has no end` : `it is longer than the ${total} bytes announced`;
          return;
        }
        await writeAll(file, bytes, done);
        done += bytes.length;
        gained += bytes.length;
        report(false);
      }
      if (total !== undefined && done < total) throw new PassingFailure(`the connection ended after ${done} of ${total} bytes`);
    };
    await persist(client, subject, piece, () => {
      const progressed = gained >= PROGRESS_BYTES;
      gained = 0;
      return progressed;
    });
    report(true);
    await file.sync();
    wrong ??= await compare(partial, announced, done, client.signal);
  } finally {
    await file.close();
  }
  if (wrong === undefined) return undefined;
  await rm(partial, { force: true });
  return new FoleyError("bad-file", `What arrived as ${describe(subject)} is not the file that the hub announced: ${wrong}.`, {
    hint: "It was deleted. Try again; if it stays so, something between here and the hub changes files.",
  });
}

/** The bytes from an offset on; `from` is where they belong, 0 when the server sent everything. */
async function* bodyOf(
  client: HubClient,
  url: string,
  subject: Subject,
  offset: number,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly from: number }> {
  const stalled = new AbortController();
  // A server that drips keeps a connection alive for years.
  let arrived = 0;
  const timer = setInterval(() => {
    if (arrived < DRIP_BYTES) stalled.abort();
    arrived = 0;
  }, client.stallMs).unref();
  try {
    const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const { response } = await send(client, { method: "GET", url, headers, leaveHub: true, signal: stalled.signal }, subject);
    let from = 0;
    if (response.status === 416) {
      await response.body?.cancel();
      yield { bytes: new Uint8Array(0), from }; // what lies here is longer than what lies there: from the beginning
      return;
    }
    if (response.status === 206) {
      from = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
      if (from !== offset) {
        await response.body?.cancel();
        throw new PassingFailure(`the server answered another range than the one from byte ${offset}`);
      }
    }
    try {
      // Where everything is sent again, the first bytes begin at 0 and the next ones go on from there.
      for await (const bytes of response.body ?? []) {
        arrived += bytes.length;
        yield { bytes, from };
        from += bytes.length;
      }
    } catch (cause) {
      client.signal?.throwIfAborted();
      throw new PassingFailure(
        `the connection was lost (${stalled.signal.aborted ? "next to nothing for long" : reason(cause)})`,
        {
          cause,
        },
      );
    }
  } finally {
    clearInterval(timer);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** What is wrong with the content; `undefined` when nothing is. Read from the disk, so that what counts is what lies there. */
async function compare(path: string, announced: Announced, bytes: number, signal?: AbortSignal): Promise<string | undefined> {
  const { etag, size } = announced;
  if (size !== undefined && bytes !== size) return `it has ${bytes} bytes, expected ${size}`;
  const kind = digestKind(etag);
  if (kind === undefined) return undefined;
  const found = await digestAs(kind, path, bytes, { signal });
  return found === etag ? undefined : `its digest is ${found}, expected ${etag}`;
}

async function checkSpace(folder: string, subject: Subject, total: number | undefined, begun: number): Promise<void> {
  if (total === undefined) return;
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY, // not every file system tells
  );
  if (total - begun <= free) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  throw new FoleyError(
    "not-writable",
    `${describe(subject)} needs ${gigabytes(total - begun)}, but ${folder} has ${gigabytes(free)} left.`,
    { hint: "Make room, or choose another place with HF_HUB_CACHE." },
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
