/** What is open in a page, and how it is opened. */
import type { PictureReader } from "../picture/picture-reader.js";
import type { MediaFile, OpenOptions } from "../read/types.js";

/** A file that is open in a page: its pictures can also be drawn. */
export interface PageMediaFile extends MediaFile {
  /**
   * Pictures for the screen, in any order; close the reader. Several may be open at once, each decodes for itself, where it is asked: not in the
   * worker that reads the file.
   *
   * @throws FoleyError `no-video`, or `unsupported` where the browser has no decoder for the picture; of a file that a worker reads, when the
   * first picture is asked for.
   */
  pictures(): PictureReader;
}

/** Options of `openMedia` in a page. */
export interface PageOpenOptions extends OpenOptions {
  /**
   * Where the file is read and decoded. Default "worker": in one of its own, so that a damaged file that keeps a decoder busy for ever is an error
   * here and no more. "none": where it is opened, for a worker of the page's own.
   */
  readonly isolation?: "worker" | "none" | undefined;
}
