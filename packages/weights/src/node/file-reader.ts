/** A {@link ByteReader} over a file. */
import { open } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import { notReadable } from "@foley-control/files/node";
import type { ByteReader } from "../reader.js";

/**
 * Opens a file for random access.
 *
 * @param path - the file
 * @throws FoleyError `bad-file` when it does not exist, cannot be read or is no regular file
 */
async function fileReader(path: string): Promise<ByteReader> {
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw notReadable(`The weights file ${path}`, cause);
  });
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw new FoleyError("bad-file", `${path} is not a regular file.`, { hint: "Give the path of a weights file." });
  }
  let closed = false;
  return {
    label: path,
    size: stat.size,
    async read(offset, length) {
      if (closed) throw new FoleyError("disposed", `${path} was closed.`);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 1 << 30), offset + done);
        if (bytesRead === 0)
          throw new FoleyError("bad-file", `${path} ends at offset ${offset + done}, expected ${offset + length} bytes.`);
        done += bytesRead;
      }
      return bytes;
    },
    async close() {
      if (closed) return;
      closed = true;
      await handle.close();
    },
  };
}

/** Opens a file for as long as `use` takes. */
export async function withFile<Result>(path: string, use: (reader: ByteReader) => Promise<Result>): Promise<Result> {
  const reader = await fileReader(path);
  try {
    return await use(reader);
  } finally {
    await reader.close?.();
  }
}
