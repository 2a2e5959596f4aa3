/** Opens a file where it is asked for: fetched where no worker can be had, or none is wanted. */
import { readPictures } from "../picture/picture-reader.js";
import type { MediaData } from "../read/media-data.js";
import { openData } from "../read/open-data.js";
import type { OpenOptions } from "../read/types.js";
import type { PageMediaFile } from "./page-media-file.js";

/** Opens one file. */
export async function openInPage(data: MediaData, options: OpenOptions): Promise<PageMediaFile> {
  const file = await openData(data, options);
  return { ...file, pictures: () => readPictures(file) };
}
