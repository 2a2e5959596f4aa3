/** `openMedia` for data in memory or in a Blob, with whatever decoders the platform has (WebCodecs in browsers). */
import { BlobSource, BufferSource } from "mediabunny";
import { blobOf, bytesOf, type MediaData, nameOf, readData } from "./read/media-data.js";
import type { OpenedFile, OpenSource } from "./read/open.js";
import { openWithLibrary } from "./read/open-with-library.js";
import type { SourceName } from "./read/problems.js";
import type { MediaFile, OpenOptions } from "./read/types.js";
import { writers } from "./write/load-encoders.js";

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
  const name = nameOf(data);
  return openWithLibrary({ ...dataSource(data, name), name, writers }, options);
}

/** Random access to media in memory or behind a Blob. */
export function dataSource(data: MediaData, name: SourceName): Pick<OpenSource, "source" | "read" | "size"> {
  const access = readData(data, name);
  const blob = blobOf(data);
  return { source: blob ? new BlobSource(blob) : new BufferSource(bytesOf(data as ArrayBuffer | Uint8Array)), ...access };
}
