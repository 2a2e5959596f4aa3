/**
 * Media in browsers: decoding by WebCodecs, files from pickers, pages and downloads.
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

/** Offers bytes to the person as a download named `name`. */
export function download(bytes: Uint8Array<ArrayBuffer>, name: string, type = "application/octet-stream"): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser has taken hold of the data by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
