/** Work with models as a terminal shows it: notices as lines, downloads and long reading as a bar. */

import type { ModelOptions } from "@foley-control/models/node";
import type { Io } from "../io.js";
import { bytesText } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";

/** Does some work with models, which is stopped by Ctrl-C and says what goes on. */
export async function withModels<T>(
  flags: { readonly quiet?: boolean },
  io: Io,
  work: (options: ModelOptions) => Promise<T>,
): Promise<T> {
  using progress = createProgress(io, flags.quiet === true);
  let downloads = false;
  const options: ModelOptions = {
    env: io.env,
    signal: io.signal,
    ...(!flags.quiet && {
      onNotice(notice: string) {
        progress.end();
        io.err(`${notice}\n`);
      },
    }),
    onProgress(event) {
      if (event.type === "read-progress") progress.say(`reading ${event.part}`, shareOf(event));
      if (event.type !== "download-progress") return;
      downloads = true;
      const detail = io.errIsTerminal ? `  ${bytesText(event.done)} of ${bytesText(event.total ?? 0)}` : "";
      progress.say(`downloading ${event.file}${detail}`, shareOf(event));
    },
  };
  try {
    return await work(options);
  } catch (error) {
    progress.end();
    if (downloads && io.signal.aborted) io.err("What has arrived is kept; the same command continues.\n");
    throw error;
  }
}

const shareOf = ({ done, total = 0 }: { readonly done: number; readonly total?: number | undefined }): number =>
  total === 0 ? 1 : done / total;
