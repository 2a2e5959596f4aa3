/**
 * Media in browsers: decoding by WebCodecs, files from pickers and pages.
 * @module
 */
import { FoleyError } from "@foley-control/core";
import { type MediaData, openMedia as openAnywhere } from "./open-media.js";
import type { MediaFile, OpenOptions } from "./read/types.js";

export * from "./index.js";

/**
 * Opens a File, Blob or bytes.
 *
 * @throws FoleyError `missing-dependency` in a browser without WebCodecs; otherwise as the same function elsewhere.
 */
export async function openMedia(data: MediaData, options: OpenOptions = {}): Promise<MediaFile> {
  if (typeof VideoDecoder === "undefined" || typeof AudioDecoder === "undefined") {
    throw new FoleyError("missing-dependency", "This browser has no WebCodecs, or the page is not served over https.", {
      hint: "Use a current Chrome, Edge, Firefox or Safari, over https or on localhost.",
    });
  }
  return openAnywhere(data, options);
}
