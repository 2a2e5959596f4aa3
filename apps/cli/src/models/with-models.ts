/** Work with models as a terminal shows it: notices as lines, downloads and long reading as a bar. */

import type { LicenceTerms, ModelOptions } from "@foley-control/models/node";
import type { Io } from "../io.js";
import { bytesText } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";

/** Does some work with models, which is stopped by Ctrl-C and says what goes on. */
export async function withModels<T>(
  flags: { readonly quiet?: boolean; readonly nonCommercial?: boolean },
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
    // Whoever cannot be asked has not said yes.
    ...((flags.nonCommercial ?? io.confirm) && {
      acceptLicence(terms: LicenceTerms) {
        progress.end();
        return flags.nonCommercial ?? (io.confirm as (question: string) => Promise<boolean>)(questionOf(terms));
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

const questionOf = ({ title, licence, page, repositories, bytes }: LicenceTerms): string =>
  `The weights of ${title} are for non-commercial use only (${licence}; ${page}).\nThey are about ${bytesText(bytes)}, from ${repositories.join(", ")}.\nIs that your use, and shall they be fetched?`;

const shareOf = ({ done, total = 0 }: { readonly done: number; readonly total?: number | undefined }): number =>
  total === 0 ? 1 : done / total;
