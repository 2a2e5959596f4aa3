/** Files appear whole or not at all: written beside their place, flushed, then renamed; removed when anything fails. */
import type { Stats } from "node:fs";
import { type FileHandle, mkdir, open, readlink, realpath, rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { assertKind, FoleyError, shown } from "@foley-control/core";
import { makeBeside } from "./make-beside.js";
import { notWritable } from "./problems.js";

/** Receives the bytes of a file, in any order. */
export interface FileWriter {
  /** Where the bytes lie until they are all there, for who writes them there itself. */
  readonly path: string;
  /** Writes `data` at byte `position`; without a position, after what was appended before. */
  write(data: Uint8Array, position?: number): Promise<void>;
}

/** Options of {@link writeFileAtomically}. */
export interface WriteFileOptions {
  /** Files that are being read and must not be overwritten; compared by their real path and inode. */
  readonly inputs?: readonly string[] | undefined;
  /** Stops the writing; the partial file is removed and `signal.reason` is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the folder when it is missing. Default false: that is an error. */
  readonly makeFolder?: boolean | undefined;
  /** Waits until the file is on the disk, so that a loss of power leaves the old one or the new one. Default true. */
  readonly flush?: boolean | undefined;
  /** What to do when the file cannot be written. */
  readonly hint?: string | undefined;
}

/**
 * Writes a file beside its place and renames it when complete. On an error or an abort the partial file is removed and an older file
 * of that name stays as it was. A link is followed and stays a link; a file that is replaced hands on its permissions.
 *
 * @param path - where the file shall appear
 * @param content - all of it, or a function that writes it
 * @throws FoleyError `not-writable` when the folder is missing or refuses, when there is something else than a file at `path`, or
 * when it is one of `options.inputs`
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string | ((writer: FileWriter) => Promise<void>),
  options: WriteFileOptions = {},
): Promise<void> {
  const { signal, flush = true } = options;
  const given: unknown = content;
  if (typeof given !== "string" && typeof given !== "function" && !(given instanceof Uint8Array))
    throw new FoleyError("invalid-argument", `content is ${shown(given)}; text, bytes or a function was expected.`, {
      hint: "writeJsonFile() takes other values.",
    });
  const failed = (cause: unknown): never => {
    throw notWritable(`"${path}"`, cause, options.hint);
  };
  signal?.throwIfAborted();
  if (options.makeFolder) await mkdir(dirname(resolve(path)), { recursive: true }).catch(failed);
  const { target, existing } = await targetOf(path, options.inputs ?? []);
  try {
    await makeBeside(target, async (partial) => {
      const file = await open(partial, "wx", existing && existing.mode & 0o777).catch(failed);
      try {
        const writer = writerTo(file, partial, signal, failed);
        if (typeof content === "function") await content(writer);
        else await writer.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
        if (existing) await handOn(existing, file);
        if (flush) await file.sync().catch(failed);
      } finally {
        await file.close();
      }
      signal?.throwIfAborted();
      await rename(partial, target).catch(failed);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
  if (flush) await flushFolder(dirname(target));
}

/**
 * Writes a value as indented JSON with a line end, as {@link writeFileAtomically} does.
 *
 * @throws FoleyError `not-writable`
 */
export const writeJsonFile = (path: string, value: unknown, options?: WriteFileOptions): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, options);

/**
 * Throws unless a file can be written at `path` without touching one of `inputs`. Call it before long work.
 *
 * @throws FoleyError `not-writable` with the reason
 */
export async function assertWritable(path: string, inputs: readonly string[] = []): Promise<void> {
  const { target } = await targetOf(path, inputs);
  await makeBeside(target, async (probe) => (await open(probe, "wx")).close()).catch((cause: unknown) => {
    throw notWritable(`"${path}"`, cause);
  });
}

/** Where a file will be, links followed, and what is there now. */
async function targetOf(
  path: string,
  inputs: readonly string[],
): Promise<{ readonly target: string; readonly existing: Stats | undefined }> {
  const refused = (why: string, hint: string): FoleyError =>
    new FoleyError("not-writable", `"${path}" cannot be written: ${why}.`, { hint });
  assertKind("path", path, "text", "Pass the path first, then what is written.");
  const target = await destination(resolve(path));
  const folder = dirname(target);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw refused(`the folder "${folder}" does not exist`, "Create the folder or choose another place.");
  const existing = await stat(target).catch(() => undefined);
  if (existing?.isDirectory()) throw refused("it is a folder", "Give the name of a file in it.");
  if (existing && !existing.isFile()) throw refused("what is there is not a regular file", "Choose another place.");
  for (const input of inputs) {
    const read = await stat(input).catch(() => undefined);
    if (!read) continue;
    const same = existing && existing.ino !== 0 && existing.ino === read.ino && existing.dev === read.dev;
    if (same || (await realpath(input)) === target) {
      throw new FoleyError("not-writable", `The output "${path}" is the input "${input}".`, {
        hint: "Choose another name for the output.",
      });
    }
  }
  return { target, existing };
}

/** The real path of a file that may not be there yet; a link to what is not there leads there. */
async function destination(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return path; // what is wrong shows when it is written
  }
  const linked = await readlink(path).catch(() => undefined);
  if (linked !== undefined) return destination(resolve(dirname(path), linked));
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
}

/** Permissions and, where that is allowed, owner and group, from the file that was there. */
async function handOn({ mode, uid, gid }: Stats, file: FileHandle): Promise<void> {
  // Not every file system has them; the content counts.
  await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o777).catch(() => undefined);
}

function writerTo(
  file: FileHandle,
  path: string,
  signal: AbortSignal | undefined,
  failed: (cause: unknown) => never,
): FileWriter {
  let end = 0;
  return {
    path,
    async write(data, position = end) {
      signal?.throwIfAborted();
      await writeAt(file, data, position).catch(failed);
      end = Math.max(end, position + data.byteLength);
    },
  };
}

/** Writes all of `data` from byte `position` of an open file on. Errors are the system's. */
export async function writeAt(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.byteLength; ) {
    const { bytesWritten } = await file.write(data, done, data.byteLength - done, position + done);
    done += bytesWritten;
  }
}

/** Makes the rename itself durable where the platform can flush a folder. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
