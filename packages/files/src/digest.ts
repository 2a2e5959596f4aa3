/** Digests of what is in memory and of what lies on a disk. */

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { assertKind } from "@foley-control/core";
import { isSystemError, notReadable } from "./problems.js";

/** Options of {@link digestFile}. */
export interface DigestOptions {
  /** What the bytes are fed into. Default: SHA-256. */
  readonly hash?: Hash | undefined;
  /** Stops the reading; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Is told how many bytes have been read. */
  readonly onRead?: ((done: number) => void) | undefined;
}

/** SHA-256 in hexadecimal, of texts (as UTF-8) and bytes one after the other. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/**
 * The digest of a file, in hexadecimal. The file is read in pieces.
 *
 * @throws FoleyError `bad-file` when it cannot be read
 */
export async function digestFile(path: string, options: DigestOptions = {}): Promise<string> {
  assertKind("path", path, "text", "Pass the path of a file; sha256() takes text and bytes.");
  const { hash = createHash("sha256"), signal, onRead } = options;
  let done = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      hash.update(chunk);
      onRead?.((done += chunk.length));
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw isSystemError(cause) ? notReadable(`"${path}"`, cause) : cause;
  }
  return hash.digest("hex");
}
