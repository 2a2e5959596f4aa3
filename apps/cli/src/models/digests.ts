/** Digests of files of one's own, which no hub names. */
import { digestFile } from "@foley-control/files/node";
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
      let read = 0;
      const onRead = (done: number): void => {
        read = done;
        progress.say(`reading ${name}`, size === 0 ? 1 : done / size);
      };
      const sha256 = await digestFile(path, { signal: io.signal, onRead });
      noted.push({ name, size: read, sha256 });
    }
  } finally {
    progress.end();
  }
  return noted;
}
