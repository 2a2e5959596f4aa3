/** Digests of files of one's own, which no hub names. */
import { digestFile } from "@foley-control/files/node";
import type { AddedFile } from "./additions.js";
import type { HeldFile } from "./local.js";
import type { ModelOptions } from "./options.js";

/** Reads the files whole. */
export async function digestsOf(files: readonly HeldFile[], { signal, onProgress }: ModelOptions): Promise<readonly AddedFile[]> {
  const noted: AddedFile[] = [];
  for (const { name, path, size: total } of files) {
    let size = 0;
    const onRead = (done: number): void => {
      size = done;
      onProgress?.({ type: "read-progress", part: name, done, total });
    };
    noted.push({ name, sha256: await digestFile(path, { signal, onRead }), size });
  }
  return noted;
}
