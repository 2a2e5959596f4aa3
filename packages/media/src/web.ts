/**
 * Media in browsers: decoding by WebCodecs, files from pickers and pages, read in a worker, pictures for the screen.
 * @module
 */
export * from "./index.js";
export type { KeptPacket, PictureReader, ShownPicture } from "./picture/picture-reader.js";
export { loadEncoders, openMedia } from "./web/open-media.js";
export type { PageMediaFile, PageOpenOptions } from "./web/page-media-file.js";
