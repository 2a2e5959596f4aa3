/** Files of the studio, whatever holds them: the browser's private file system, or memory where there is none and in tests. Paths have no leading slash. */

/** What lies in a folder. */
export interface DiskEntry {
  readonly name: string;
  readonly folder: boolean;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Milliseconds since 1970; 0 for a folder. */
  readonly changedAt: number;
}

/** A disk. What is written was read again and is the same, or the call fails; `no space` is a {@link isFull} error. */
export interface Disk {
  /** What lies in a folder; nothing where there is no such folder. */
  list(folder: string): Promise<readonly DiskEntry[]>;
  /** Bytes `from` to `to` of a file, fewer where it ends; `undefined` when there is no such file. */
  read(path: string, range?: { readonly from: number; readonly to: number }): Promise<Uint8Array | undefined>;
  /** A file as it is now, by reference; `undefined` when there is no such file. */
  file(path: string): Promise<Blob | undefined>;
  /** Makes a file of these parts, in place of one that is there. */
  write(path: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Puts bytes behind the first `at` bytes of a file; what lay there is gone. Gives the new length. */
  append(path: string, at: number, bytes: Uint8Array): Promise<number>;
  /** Puts bytes into a file from `at` on and leaves what lies around them; a gap before them is filled with zeros. */
  patch(path: string, at: number, bytes: Uint8Array): Promise<void>;
  /** Gives a file another path, in place of one that is there. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder with all in it; nothing happens when there is none. */
  remove(path: string): Promise<void>;
}

/** Name of the error when there is no space left, as browsers have it. */
export const FULL = "QuotaExceededError";

/** Whether an error says that there is no space left. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === FULL;
}

/** The error when there is no space left. */
export function fullError(): Error {
  const error = new Error("No space is left.");
  error.name = FULL;
  return error;
}
