/** Digests of content: what an ETag of the hub promises about a file, and whether the file keeps it. */
import { createHash } from "node:crypto";
import { type DigestOptions, digestFile } from "@foley-control/files/node";

/** The digest that an ETag is: SHA-256 of files in large-file storage, git's object id of all others. */
type DigestKind = "sha256" | "git-sha1";

/** Which digest an ETag is; `undefined` when it is none (some mirrors make up their own). */
export function digestKind(etag: string): DigestKind | undefined {
  return /^[0-9a-f]{64}$/.test(etag) ? "sha256" : /^[0-9a-f]{40}$/.test(etag) ? "git-sha1" : undefined;
}

/**
 * Reads a file into the digest of a kind.
 *
 * @param size - bytes of the file; git's digest begins with it
 */
export const digestAs = (kind: DigestKind, path: string, size: number, options: DigestOptions = {}): Promise<string> =>
  digestFile(path, kind === "sha256" ? options : { ...options, hash: createHash("sha1").update(`blob ${size}\0`) });
