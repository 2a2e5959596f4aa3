/** `openMedia` for data in memory or in a Blob, with whatever decoders the platform has (WebCodecs in browsers). */
import { BlobSource, BufferSource } from "mediabunny";
import type { ReadBytes } from "./read/check-index.js";
import { libraryBackend } from "./read/library-backend.js";
import { openSource } from "./read/open.js";
import { emptyFile } from "./read/problems.js";
import type { MediaFile, OpenOptions } from "./read/types.js";

/** Media in memory or behind a Blob or File. A Blob is read piece by piece. */
export type MediaData = Blob | ArrayBuffer | Uint8Array;

/**
 * Opens a media file.
 *
 * @throws FoleyError `bad-file` when it is empty, of no known format, without an index, or cut off.
 */
export async function openMedia(data: MediaData, options: OpenOptions = {}): Promise<MediaFile> {
  const blob = typeof Blob !== "undefined" && data instanceof Blob ? data : undefined;
  const name = blob && "name" in blob && typeof blob.name === "string" && blob.name !== "" ? `"${blob.name}"` : "The data";
  const size = blob ? blob.size : (data as ArrayBuffer | Uint8Array).byteLength;
  if (size === 0) throw emptyFile(name);
  const source = blob ? new BlobSource(blob) : new BufferSource(data as ArrayBuffer | Uint8Array);
  return openSource(
    { source, name, size, read: bytesOf(data), backend: (inspection) => libraryBackend(inspection, name) },
    options,
  );
}

/** Random access to media in memory or behind a Blob. */
export function bytesOf(data: MediaData): ReadBytes {
  if (typeof Blob !== "undefined" && data instanceof Blob) {
    return async (start, end) => new Uint8Array(await data.slice(start, end).arrayBuffer());
  }
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data as ArrayBuffer);
  return async (start, end) => bytes.subarray(start, end);
}
