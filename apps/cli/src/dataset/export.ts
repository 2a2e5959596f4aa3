/** `foley dataset export`: features as one tar archive. */

import { parseRule } from "@foley-control/train";
import { exportTar, openPreparedDataset } from "@foley-control/train/node";
import type { Io } from "../io.js";
import { printJson } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";

/** Flags of the command. */
export interface ExportFlags {
  readonly output: string;
  readonly keep?: readonly string[];
  readonly split?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Writes the archive. */
export async function exportDataset(folders: readonly string[], flags: ExportFlags, io: Io): Promise<void> {
  const dataset = await openPreparedDataset(folders, { rules: flags.keep?.map(parseRule), split: flags.split });
  using progress = createProgress(io, flags.quiet === true);
  try {
    const clips = dataset.clips.length;
    await exportTar(dataset, flags.output, {
      signal: io.signal,
      onProgress: (done) => progress.listen({ type: "write-progress", path: flags.output, done, total: clips }),
    });
    progress.end();
    if (flags.json) printJson(io, { file: flags.output, clips });
    else io.out(`${flags.output}  ${clips} clips\n`);
  } finally {
    await dataset.close();
  }
}
