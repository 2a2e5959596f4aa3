/** Writing a safetensors file so that a reader sees the old one or the new one, never half of it. */
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import { type NamedTensors, safetensorsPieces } from "../write.js";

let writes = 0;

/**
 * Writes a safetensors file: beside its place first, flushed to disk, then renamed. On an error the old file is as it was.
 *
 * @param path - the file; an existing one is replaced
 * @param tensors - tensors by name
 * @param metadata - strings for `__metadata__`
 * @throws FoleyError `not-writable` when the folder does not exist or refuses
 */
export async function writeSafetensorsFile(
  path: string,
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const pieces = safetensorsPieces(tensors, metadata);
  const target = resolve(path);
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}-${++writes}.part`);
  try {
    const file = await open(beside, "wx");
    try {
      for (const piece of pieces) await file.appendFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
    await syncFolder(dirname(target));
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new FoleyError("not-writable", `Cannot write ${target} (${code}).`, {
      hint: "Check that the folder exists and is writable.",
      cause,
    });
  }
}

/** Makes the rename itself durable where the platform can flush a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  await folder.sync().catch(() => undefined);
  await folder.close();
}
