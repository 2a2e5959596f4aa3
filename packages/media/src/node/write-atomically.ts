/** Files appear whole or not at all: written beside their name, then renamed; removed when anything fails. */
import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";

/** Receives the bytes of a file, in any order. */
export interface FileWriter {
  /** Writes `data` at byte `position`; without a position, after what was appended before. */
  write(data: Uint8Array, position?: number): Promise<void>;
}

/** Options of {@link writeFileAtomically}. */
export interface WriteFileOptions {
  /** Files that are being read and must not be overwritten; compared by their real path and inode. */
  readonly inputs?: readonly string[] | undefined;
  /** Stops the writing; the partial file is removed and `signal.reason` is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a file beside its name and renames it when complete. On an error or an abort the partial file is removed and an
 * older file of that name stays as it was.
 *
 * @param path where the file shall appear; its folder must exist.
 * @param content all bytes, or a function that writes them.
 * @throws FoleyError `not-writable` when the folder is missing, is not writable, or `path` is one of `options.inputs`.
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | ((writer: FileWriter) => Promise<void>),
  options: WriteFileOptions = {},
): Promise<void> {
  const target = resolve(path);
  await assertWritable(target, options.inputs);
  options.signal?.throwIfAborted();
  const partial = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.partial`);
  let renamed = false;
  try {
    const handle = await open(partial, "wx");
    try {
      let end = 0;
      const writer: FileWriter = {
        async write(data, position = end) {
          options.signal?.throwIfAborted();
          for (let done = 0; done < data.byteLength; ) {
            const { bytesWritten } = await handle.write(data, done, data.byteLength - done, position + done);
            done += bytesWritten;
          }
          end = Math.max(end, position + data.byteLength);
        },
      };
      if (typeof content === "function") await content(writer);
      else await writer.write(content);
    } finally {
      await handle.close();
    }
    options.signal?.throwIfAborted();
    await rename(partial, target);
    renamed = true;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isSystemError(error)) throw notWritable(path, error);
    throw error;
  } finally {
    if (!renamed) await rm(partial, { force: true });
  }
}

/**
 * Throws unless a file can be written at `path` without touching one of `inputs`. Call it before long work.
 *
 * @throws FoleyError `not-writable` with the reason.
 */
export async function assertWritable(path: string, inputs: readonly string[] = []): Promise<void> {
  const target = resolve(path);
  const folder = dirname(target);
  const folderStat = await stat(folder).catch(() => undefined);
  if (!folderStat?.isDirectory()) {
    throw new FoleyError("not-writable", `"${path}" cannot be written: the folder "${folder}" does not exist.`, {
      hint: "Create the folder or choose another output.",
    });
  }
  const existing = await stat(target).catch(() => undefined);
  if (existing?.isDirectory()) {
    throw new FoleyError("not-writable", `"${path}" cannot be written: it is a folder.`, {
      hint: "Give the name of a file in it.",
    });
  }
  for (const input of inputs) {
    const inputStat = await stat(input).catch(() => undefined);
    if (!inputStat) continue;
    const same =
      (existing && existing.ino !== 0 && existing.ino === inputStat.ino && existing.dev === inputStat.dev) ||
      (await realpath(input)) === (await realpath(target).catch(() => join(folder, basename(target))));
    if (same) {
      throw new FoleyError("not-writable", `The output "${path}" is the input "${input}".`, {
        hint: "Choose another name for the output.",
      });
    }
  }
  const probe = join(folder, `.${basename(target)}.${randomBytes(6).toString("hex")}.probe`);
  try {
    await (await open(probe, "wx")).close();
  } catch (error) {
    throw notWritable(path, error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

const reasons: Record<string, string> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ENOENT: "the folder does not exist",
  ENOTDIR: "part of the path is not a folder",
  ENAMETOOLONG: "the name is too long",
};

function notWritable(path: string, error: unknown): FoleyError {
  const code = isSystemError(error) ? (error.code ?? "") : "";
  return new FoleyError("not-writable", `"${path}" cannot be written: ${reasons[code] ?? (code || String(error))}.`, {
    hint: "Choose another output.",
    cause: error,
  });
}
