/** Media in memory or in a Blob: what it is called, how long it is, how its bytes are read. No library is needed for that. */
import { FoleyError, shown } from "@foley-control/core";
import type { ReadBytes } from "./boxes.js";
import { emptyFile, type SourceName } from "./problems.js";

/** Media in memory or behind a Blob or File. A Blob is read piece by piece. */
export type MediaData = Blob | ArrayBuffer | Uint8Array;

/** How data are called in messages. */
export function nameOf(data: MediaData): SourceName {
  const blob = blobOf(data);
  return blob && "name" in blob && typeof blob.name === "string" && blob.name !== "" ? `"${blob.name}"` : "The data";
}

/** The Blob, if it is one. */
export const blobOf = (data: MediaData): Blob | undefined =>
  typeof Blob !== "undefined" && data instanceof Blob ? data : undefined;

/** The bytes, if they are in memory. */
export const bytesOf = (data: Exclude<MediaData, Blob>): Uint8Array => (data instanceof Uint8Array ? data : new Uint8Array(data));

/**
 * Random access to the bytes.
 *
 * @throws FoleyError when it is no data, or none at all
 */
export function readData(data: MediaData, name: SourceName): { readonly read: ReadBytes; readonly size: number } {
  if (!(data instanceof Uint8Array || data instanceof ArrayBuffer || blobOf(data))) {
    throw new FoleyError("invalid-argument", `The clip is ${shown(data)}; a Uint8Array, an ArrayBuffer or a Blob was expected.`, {
      hint: "A path is read by openMedia of media/node; await what is a promise.",
    });
  }
  const blob = blobOf(data);
  const size = blob ? blob.size : (data as ArrayBuffer | Uint8Array).byteLength;
  if (size === 0) throw emptyFile(name);
  if (blob) return { size, read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()) };
  const bytes = bytesOf(data as ArrayBuffer | Uint8Array);
  return { size, read: async (start, end) => bytes.subarray(start, end) };
}
