/** Random access to bytes: the one thing the parser needs from a file, a blob, a URL or memory. */
import { FoleyError } from "@foley-control/core";

/** Random access to a run of bytes. */
export interface ByteReader {
  /** What to call it in errors, for example its path. */
  readonly label: string;
  /** Bytes in all. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; rejects when they are not there. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Lets go of what it holds; idempotent. */
  close?(): Promise<void>;
}

/**
 * A reader over bytes in memory; what it returns are views.
 *
 * @param bytes - the bytes
 * @param label - what to call them in errors
 */
export function memoryReader(bytes: Uint8Array, label = "The weights"): ByteReader {
  return {
    label,
    size: bytes.length,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new FoleyError("bad-file", `${label} has ${bytes.length} bytes, cannot read ${length} from offset ${offset}.`);
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}
