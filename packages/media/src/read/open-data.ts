/** Opens data in memory or in a Blob where it is asked for, with the muxing library and whatever decoders the platform has. */
import { BlobSource, BufferSource } from "mediabunny";
import { writers } from "../write/load-encoders.js";
import { blobOf, bytesOf, type MediaData, nameOf, readData } from "./media-data.js";
import type { OpenedFile, OpenSource } from "./open.js";
import { openWithLibrary } from "./open-with-library.js";
import type { SourceName } from "./problems.js";
import type { OpenOptions } from "./types.js";

/** Opens it. */
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
