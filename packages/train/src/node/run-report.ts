/** The page about a run, from what lies in its folder. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readJsonFile, writeFileAtomically } from "@foley-control/files/node";
import type { RunDescription } from "../log/description.js";
import { LOG_FILES, parseLines, type SamplesLine, type StepLine, type ValidationLine } from "../log/lines.js";
import { RUN_FILE } from "./run-description.js";

/** File name of the page in the folder of a run. */
export const REPORT_FILE = "report.html";

/**
 * Writes `report.html` of a run, running or ended, from its logs; the page before stays until the new one is whole.
 *
 * @param directory - folder of a run, the one with `log.jsonl`
 * @returns the path of the page
 * @throws FoleyError `bad-file` when the folder holds no log; `not-writable`
 */
export async function writeRunReport(directory: string): Promise<string> {
  const read = async <Line extends { readonly step: number }>(file: string) =>
    parseLines<Line>(await readFile(join(directory, file), "utf8").catch(() => ""));
  if (!existsSync(join(directory, LOG_FILES.steps)) && !existsSync(join(directory, RUN_FILE)))
    throw new FoleyError("bad-file", `There is no training in ${directory}: it has no ${LOG_FILES.steps}.`, {
      hint: "Name the folder of one run; a training makes one per stage.",
    });
  // Drawing is loaded when something is drawn.
  const { trainingReport } = await import("../log/training-report.js");
  const folder = resolve(directory);
  const html = trainingReport({
    title: `Training of ${basename(dirname(folder))}/${basename(folder)}`,
    description: await readDescription(directory),
    steps: await read<StepLine>(LOG_FILES.steps),
    validations: await read<ValidationLine>(LOG_FILES.validations),
    samples: await read<SamplesLine>(LOG_FILES.samples),
  });
  const path = join(directory, REPORT_FILE);
  await writeFileAtomically(path, html);
  return path;
}

async function readDescription(directory: string): Promise<RunDescription | undefined> {
  try {
    return (await readJsonFile(join(directory, RUN_FILE))) as RunDescription;
  } catch {
    // Made by an earlier version, or torn: the curves are there without it.
    return undefined;
  }
}
