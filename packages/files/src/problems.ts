/** Why something on a disk cannot be done, in words. */
import { FoleyError } from "@foley-control/core";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "there is no permission",
  EPIPE: "its reader has gone",
  EPERM: "there is no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the share of the disk is used up",
  EFBIG: "the file would be larger than is allowed here",
  ENOENT: "the folder does not exist",
  ENOTDIR: "part of the path is not a folder",
  EEXIST: "a file of that name is in the way",
  ENAMETOOLONG: "the name is too long",
};

/** Whether the system refused something, as opposed to a mistake or a decision of our own. */
export const isSystemError = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && typeof (cause as NodeJS.ErrnoException).syscall === "string";

/** Why the system refused, as words that follow "cannot be written:"; its code, or what was thrown, where there are none. */
export function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? String(cause) : (REASONS[code] ?? code);
}

/**
 * The error about something that cannot be read: it does not exist, is a folder, or the system refuses.
 *
 * @param what - begins the sentence: `"in.wav"`, `The plan "plan.json"`
 * @param cause - what the system threw
 */
export function notReadable(what: string, cause: unknown, hint = "Check the path."): FoleyError {
  const { code } = cause as NodeJS.ErrnoException;
  const absent = code === "ENOENT" || code === "ENOTDIR";
  const why = absent ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read: ${reasonOf(cause)}`;
  return new FoleyError("bad-file", `${what} ${why}.`, { hint, cause });
}

/**
 * The error about something that cannot be written.
 *
 * @param what - begins the sentence: `"out.wav"`, `The log run/log.jsonl`
 * @param cause - what the system threw
 * @param hint - what to do. Default: choose another place
 */
export function notWritable(what: string, cause: unknown, hint = "Choose another place."): FoleyError {
  return new FoleyError("not-writable", `${what} cannot be written: ${reasonOf(cause)}.`, { hint, cause });
}
