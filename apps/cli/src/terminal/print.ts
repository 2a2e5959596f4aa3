/** How results and what comes out of files are printed. */
import type { Io } from "../io.js";

/** Prints a result for programs. */
export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints one of several results for programs: one object, one line. */
export function printJsonLine(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value)}\n`);
}

/** Text out of files without what could steer a terminal. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, "?");

/** Bytes for people. */
export function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}
