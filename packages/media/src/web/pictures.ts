/** Pictures of a file that a worker reads: the file is opened a second time, where they are drawn, when the first one is asked for. */
import type { PictureReader } from "../picture/picture-reader.js";
import type { PageMediaFile } from "./page-media-file.js";

/** The reader of the file that `open` opens. */
export function picturesOf(open: () => Promise<PageMediaFile>): PictureReader {
  let opened: Promise<PictureReader> | undefined;
  const reader = (): Promise<PictureReader> => (opened ??= open().then((file) => file.pictures()));
  return {
    at: async (seconds) => (await reader()).at(seconds),
    async *near(times, options) {
      yield* (await reader()).near(times, options);
    },
    async *packets(options) {
      yield* (await reader()).packets(options);
    },
    async close() {
      await opened?.then(
        (each) => each.close(),
        () => undefined,
      );
    },
  };
}
