/** Digests of content: what an ETag of the hub promises about a file, and whether the file keeps it. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The digest that an ETag is: SHA-256 of files in large-file storage, git's object id of all others. */
export type DigestKind = "sha256" | "git-sha1";

/** Which digest an ETag is; `undefined` when it is none (some mirrors make up their own). */
export function digestKind(etag: string): DigestKind | undefined {
  return /^[0-9a-f]{64}$/.test(etag) ? "sha256" : /^[0-9a-f]{40}$/.test(etag) ? "git-sha1" : undefined;
}

/** A running digest; git's begins with the size. */
export function startDigest(kind: DigestKind, size: number): Hash {
  return kind === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

/**
 * Reads a file, or its beginning, into a digest.
 *
 * @param bytes - how many from the start
 * @param onRead - is told how many have been read
 */
export async function digestFile(
  digest: Hash,
  path: string,
  bytes: number,
  options: { readonly signal?: AbortSignal | undefined; readonly onRead?: (done: number) => void } = {},
): Promise<void> {
  if (bytes === 0) return;
  let done = 0;
  const stream = createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    options.signal?.throwIfAborted();
    digest.update(chunk);
    options.onRead?.((done += chunk.length));
  }
}
