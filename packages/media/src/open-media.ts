/** `openMedia` for data in memory or in a Blob, with whatever decoders the platform has (WebCodecs in browsers). */
import type { MediaData } from "./read/media-data.js";
import type { MediaFile, OpenOptions } from "./read/types.js";

/**
 * Opens a media file.
 *
 * @throws FoleyError `bad-file` when it is empty, of no known format, without an index, or cut off.
 */
export async function openMedia(data: MediaData, options: OpenOptions = {}): Promise<MediaFile> {
  // Most programs have what reads media elsewhere: in a process, or in a worker.
  const { openData } = await import("./read/open-data.js");
  return openData(data, options);
}
