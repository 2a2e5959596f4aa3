/** Small helpers for bytes that are not to be trusted. */
import { FoleyError } from "@foley-control/core";

/** A file that is not what it should be. */
export function bad(message: string, hint?: string, cause?: unknown): FoleyError {
  return new FoleyError("bad-file", message, { hint, cause });
}

/** The bytes as numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes, or `undefined` when they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
