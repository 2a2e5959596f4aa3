/**
 * Writing through a synchronous access handle, as browsers really do it: a write may take fewer bytes than it is given, WebKit writes the whole
 * buffer of a view, and a full disk may say so only by writing nothing.
 */
import { fullError } from "./disk.js";

/** What of a `FileSystemSyncAccessHandle` is used. */
export interface SyncFile {
  read(buffer: Uint8Array, options: { readonly at: number }): number;
  write(buffer: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
}

/** Bytes that go through at once. */
const PART = 1 << 20;

/** Writes parts from `at` on, cuts off what lay behind them, and reads everything again. Gives the new length. @throws an error when one byte differs */
export function writeFrom(file: SyncFile, at: number, parts: readonly Uint8Array[]): number {
  const start = Math.min(at, file.getSize());
  const end = putAt(file, start, parts);
  file.truncate(end);
  file.flush();
  if (file.getSize() !== end) throw new Error(`The file has ${file.getSize()} bytes where ${end} were written.`);
  assertWritten(file, start, parts);
  return end;
}

/** Writes bytes from `at` on, whatever lies around them, and reads them again. @throws an error when one byte differs */
export function patchAt(file: SyncFile, at: number, bytes: Uint8Array): void {
  // What a gap holds is not promised by all browsers: it is made first.
  if (file.getSize() < at) file.truncate(at);
  putAt(file, at, [bytes]);
  file.flush();
  assertWritten(file, at, [bytes]);
}

/** Writes parts one after the other; gives where they end. */
function putAt(file: SyncFile, start: number, parts: readonly Uint8Array[]): number {
  let end = start;
  for (const part of parts) {
    for (let done = 0; done < part.length; ) {
      const piece = part.slice(done, done + PART);
      const count = file.write(piece, { at: end });
      if (!(count > 0)) throw fullError();
      done += Math.min(count, piece.length);
      end += Math.min(count, piece.length);
    }
  }
  return end;
}

function assertWritten(file: SyncFile, start: number, parts: readonly Uint8Array[]): void {
  let at = start;
  for (const part of parts)
    for (let done = 0; done < part.length; done += PART) {
      const piece = part.subarray(done, done + PART);
      const there = readRange(file, at, at + piece.length);
      if (!same(there, piece)) throw new Error(`What was written at ${at} is not what is there now.`);
      at += piece.length;
    }
}

/** Bytes `from` to `to`, fewer where the file ends. */
export function readRange(file: SyncFile, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, Math.min(to, file.getSize()) - from));
  for (let done = 0; done < bytes.length; ) {
    const piece = new Uint8Array(Math.min(PART, bytes.length - done));
    const count = file.read(piece, { at: from + done });
    if (!(count > 0)) return bytes.subarray(0, done);
    bytes.set(piece.subarray(0, count), done);
    done += count;
  }
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
