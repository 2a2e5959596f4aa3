/** `foley train report`: the page about one run, or about each stage of a training, made from their logs. */

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { notReadable } from "@foley-control/files/node";
import { LOG_FILES } from "@foley-control/train";
import { writeRunReport } from "@foley-control/train/node";
import type { Io } from "../io.js";
import { printJson } from "../terminal/print.js";

/** Writes the pages. */
export async function trainingReports(folder: string, flags: { readonly json?: boolean }, io: Io): Promise<void> {
  const isRun = (directory: string): boolean => existsSync(join(directory, LOG_FILES.steps));
  const inside = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw notReadable(`"${folder}"`, cause);
  });
  const runs = isRun(folder)
    ? [folder]
    : inside.flatMap((entry) => (entry.isDirectory() && isRun(join(folder, entry.name)) ? [join(folder, entry.name)] : []));
  if (runs.length === 0)
    throw new FoleyError(
      "bad-file",
      `There is no training in "${folder}": neither it nor a folder in it has a ${LOG_FILES.steps}.`,
      {
        hint: "Name what was given to `foley train` as --directory or --out.",
      },
    );
  const pages: string[] = [];
  for (const run of runs) pages.push(await writeRunReport(run));
  if (flags.json) printJson(io, { reports: pages });
  else io.out(pages.map((page) => `${page}\n`).join(""));
}
