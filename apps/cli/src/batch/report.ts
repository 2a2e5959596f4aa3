/** The report of a batch: a table for spreadsheets, the same for programs, and a page to look and listen through. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { writeFileAtomically, writeJsonFile } from "@foley-control/files/node";
import { version } from "../version.js";
import { JOURNAL } from "./journal.js";
import { counts, lineOf, type Outcome } from "./outcome.js";
import { batchPage } from "./page.js";

/** Names of the reports. */
const REPORTS = { csv: "report.csv", json: "report.json", html: "report.html" } as const;

/** Paths of the reports. */
export type ReportPaths = Readonly<Record<keyof typeof REPORTS, string>>;

/**
 * Where the reports of a folder are.
 *
 * @throws FoleyError `not-writable` when files of these names are there that no batch has written
 */
export function reportPaths(outputDir: string): ReportPaths {
  const paths = { csv: join(outputDir, REPORTS.csv), json: join(outputDir, REPORTS.json), html: join(outputDir, REPORTS.html) };
  const foreign = existsSync(join(outputDir, JOURNAL)) ? undefined : Object.values(paths).find((path) => existsSync(path));
  if (foreign === undefined) return paths;
  throw new FoleyError("not-writable", `"${foreign}" is there already, and was not written by a batch.`, {
    hint: "Choose another output folder.",
  });
}

/** Writes them. */
export async function writeReports(outcome: Outcome, paths: ReportPaths): Promise<void> {
  const lines = outcome.takes.map((take) => lineOf(take, outcome.parts));
  const { folder } = outcome;
  await writeJsonFile(paths.json, { version: version(), folder, counts: counts(outcome.takes), takes: lines });
  await writeFileAtomically(paths.csv, csvOf(lines));
  await writeFileAtomically(paths.html, batchPage(outcome));
}

const COLUMNS = ["row", "clip", "take", "status", "video", "audio", "prompt", "seed", "start", "duration", "seconds"] as const;

function csvOf(lines: readonly ReturnType<typeof lineOf>[]): string {
  const rows = lines.map((line) => [
    ...COLUMNS.map((column) => line[column]),
    Object.values(line.sha256 ?? {}).join(" "),
    [...(line.error ? [line.error.message] : []), ...line.warnings].join(" "),
    line.command,
  ]);
  return [[...COLUMNS, "sha256", "notes", "command"], ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A field of RFC 4180. */
function field(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
