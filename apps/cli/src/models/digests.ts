/** Digests of files of one's own, which no hub names. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Io } from "../io.js";
import { createProgress } from "../terminal/progress.js";
import type { AddedFile } from "./additions.js";
import type { HeldFile } from "./local.js";
import type { CommonFlags } from "./show.js";

/** Reads the files whole, showing how far it is. */
export async function digests(files: readonly HeldFile[], flags: CommonFlags, io: Io): Promise<readonly AddedFile[]> {
  const progress = createProgress(io, flags.quiet === true);
  const noted: AddedFile[] = [];
  try {
    for (const { name, path, size } of files) {
      const hash = createHash("sha256");
      let done = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
        io.signal.throwIfAborted();
        hash.update(chunk);
        done += chunk.length;
        progress.say(`reading ${name}`, size === 0 ? 1 : done / size);
      }
      noted.push({ name, size: done, sha256: hash.digest("hex") });
    }
  } finally {
    progress.end();
  }
  return noted;
}
