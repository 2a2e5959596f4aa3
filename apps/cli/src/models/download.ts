/** A model of the hub fetched with a bar that shows how far it is. */
import { type FetchModelOptions, fetchModel, type LocalModel, type ModelReference } from "@foley-control/weights/node";
import type { Io } from "../io.js";
import { createProgress } from "../terminal/progress.js";
import { bytesText } from "./show.js";

/** Fetches what is not here; stopped by Ctrl-C, what has arrived is kept. */
export async function download(
  reference: ModelReference,
  options: FetchModelOptions,
  flags: { readonly quiet?: boolean },
  io: Io,
): Promise<LocalModel> {
  const progress = createProgress(io, flags.quiet === true);
  try {
    return await fetchModel(reference, {
      ...options,
      signal: io.signal,
      onProgress(event) {
        if (event.type !== "download-progress") return;
        const total = event.total ?? 0;
        const detail = io.errIsTerminal ? `  ${bytesText(event.done)} of ${bytesText(total)}` : "";
        progress.say(`downloading ${event.file}${detail}`, total === 0 ? 0 : event.done / total);
      },
    });
  } catch (error) {
    progress.end();
    if (io.signal.aborted) io.err("What has arrived is kept; the same command continues.\n");
    throw error;
  } finally {
    progress.end();
  }
}
