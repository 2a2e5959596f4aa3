/** `-` in a clip's place: what is piped in waits on the disk, because containers are read back and forth. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { makeTemporaryFolder, writeFileAtomically } from "@foley-control/files/node";
import { type Io, UsageError } from "../io.js";

/** What stands for the standard input, or the standard output. */
export const STREAM = "-";

/** A clip on the disk. */
export interface ReadClip extends AsyncDisposable {
  /** Where it is, until it is disposed. */
  readonly path: string;
}

/**
 * Reads a clip to its end.
 *
 * @throws UsageError where nothing is piped in; FoleyError `bad-file` when it is empty, `not-writable` when the disk has no place for it
 */
export async function readStandardInput(io: Io): Promise<ReadClip> {
  const input = io.pipes?.input;
  if (!input) throw new UsageError("The clip is -, the standard input, and nothing is piped in. Give a file, or pipe one in.");
  const folder = await makeTemporaryFolder();
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, "standard-input");
  try {
    let bytes = 0;
    const content = async (writer: { write(data: Uint8Array): Promise<void> }): Promise<void> => {
      for await (const chunk of input()) {
        bytes += chunk.length;
        await writer.write(chunk);
      }
    };
    const hint = "Free space where temporary files go, or name another place with TMPDIR.";
    await writeFileAtomically(path, content, { signal: io.signal, flush: false, hint });
    if (bytes === 0)
      throw new FoleyError("bad-file", "The standard input is empty.", { hint: "Look at the command before the pipe." });
    return { path, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
