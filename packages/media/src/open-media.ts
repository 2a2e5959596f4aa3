/** `openMedia` for data in memory or in a Blob, with whatever decoders the platform has (WebCodecs in browsers). */
import { FoleyError, shown } from "@foley-control/core";
import { BlobSource, BufferSource } from "mediabunny";
import type { ReadBytes } from "./read/boxes.js";
import type { Inspection } from "./read/inspect.js";
import { libraryBackend } from "./read/library-backend.js";
import { type OpenedFile, type OpenSource, openSource } from "./read/open.js";
import { emptyFile, type SourceName } from "./read/problems.js";
import type { MediaFile, OpenOptions } from "./read/types.js";

/** Media in memory or behind a Blob or File. A Blob is read piece by piece. */
export type MediaData = Blob | ArrayBuffer | Uint8Array;

/**
 * Opens a media file.
 *
 * @throws FoleyError `bad-file` when it is empty, of no known format, without an index, or cut off.
 */
export async function openMedia(data: MediaData, options: OpenOptions = {}): Promise<MediaFile> {
  return openData(data, options);
}

/** As `openMedia`, with the tracks. */
export async function openData(data: MediaData, options: OpenOptions = {}): Promise<OpenedFile> {
  const blob = typeof Blob !== "undefined" && data instanceof Blob ? data : undefined;
  const name = blob && "name" in blob && typeof blob.name === "string" && blob.name !== "" ? `"${blob.name}"` : "The data";
  const backend = (inspection: Inspection) => libraryBackend(inspection, name);
  return openSource({ ...dataSource(data, name), name, backend }, options);
}

/** Random access to media in memory or behind a Blob. */
export function dataSource(data: MediaData, name: SourceName): Pick<OpenSource, "source" | "read" | "size"> {
  assertMedia(data);
  const blob = typeof Blob !== "undefined" && data instanceof Blob ? data : undefined;
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(blob ? [] : (data as ArrayBuffer));
  const size = blob ? blob.size : bytes.byteLength;
  if (size === 0) throw emptyFile(name);
  const read: ReadBytes = async (start, end) =>
    blob ? new Uint8Array(await blob.slice(start, end).arrayBuffer()) : bytes.subarray(start, end);
  return { source: blob ? new BlobSource(blob) : new BufferSource(bytes), read, size };
}

function assertMedia(data: unknown): void {
  if (data instanceof Uint8Array || data instanceof ArrayBuffer || (typeof Blob !== "undefined" && data instanceof Blob)) return;
  throw new FoleyError("invalid-argument", `The clip is ${shown(data)}; a Uint8Array, an ArrayBuffer or a Blob was expected.`, {
    hint: "A path is read by openMedia of media/node; await what is a promise.",
  });
}
