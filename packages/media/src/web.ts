/**
 * Media in browsers: decoding by WebCodecs, files from pickers and pages, pictures for the screen.
 * @module
 */
import { FoleyError } from "@foley-control/core";
import { type MediaData, openData } from "./open-media.js";
import { type PictureReader, readPictures } from "./picture/picture-reader.js";
import type { MediaFile, OpenOptions } from "./read/types.js";

export * from "./index.js";
export type { KeptPacket, PictureReader, ShownPicture } from "./picture/picture-reader.js";

/** A file that is open in a page: its pictures can also be drawn. */
export interface PageMediaFile extends MediaFile {
  /**
   * Pictures for the screen, in any order; close the reader. Several may be open at once, each decodes for itself.
   *
   * @throws FoleyError `no-video`, or `unsupported` where the browser has no decoder for the picture.
   */
  pictures(): PictureReader;
}

/**
 * Opens a File, Blob or bytes.
 *
 * @throws FoleyError `missing-dependency` in a browser without WebCodecs; otherwise as the same function elsewhere.
 */
export async function openMedia(data: MediaData, options: OpenOptions = {}): Promise<PageMediaFile> {
  if (typeof VideoDecoder === "undefined" || typeof AudioDecoder === "undefined") {
    throw new FoleyError("missing-dependency", "This browser has no WebCodecs, or the page is not served over https.", {
      hint: "Use a current Chrome, Edge, Firefox or Safari, over https or on localhost.",
    });
  }
  const file = await openData(data, options);
  return { ...file, pictures: () => readPictures(file) };
}
