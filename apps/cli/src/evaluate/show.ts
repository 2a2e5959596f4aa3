/** An evaluation on a terminal: numbers on stdout, what did not count on stderr. */
import { type EvaluationReport, remarks, textTable } from "@foley-control/metrics/node";
import { printable } from "../terminal/print.js";
import { type Cell, table } from "../terminal/style.js";
import type { Outcome } from "./outcome.js";

type Paint = Parameters<typeof table>[2];

/** Names that are listed before the rest is counted. */
const LISTED = 5;

/** The numbers: metrics as rows of one system, systems as rows of several. */
export function numbersText(reports: readonly EvaluationReport[], columns: number | undefined, paint: Paint): string {
  const [only, ...others] = reports;
  if (only && others.length === 0) return oneSystem(only, paint);
  const ids = [
    ...new Set(reports.flatMap(({ results }) => results.filter(({ value }) => value !== undefined).map(({ id }) => id))),
  ];
  // As many metrics as fit beside each other, then the next ones below.
  const tables: string[] = [];
  for (let from = 0; from < ids.length; ) {
    let to = from + 1;
    const of = (end: number) => textTable(part(reports, ids.slice(from, end)));
    while (to < ids.length && (columns === undefined || widthOf(of(to + 1)) <= columns)) to++;
    tables.push(of(to));
    from = to;
  }
  return `${printableLines(tables.join("\n\n"))}\n`;
}

const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");
const widthOf = (text: string): number => Math.max(...text.split("\n").map((line) => [...line].length));
const part = (reports: readonly EvaluationReport[], ids: readonly string[]): readonly EvaluationReport[] =>
  reports.map((report) => ({ ...report, results: report.results.filter(({ id }) => ids.includes(id)) }));

function oneSystem({ results }: EvaluationReport, paint: Paint): string {
  const rows = results
    .filter(({ value }) => value !== undefined)
    .map(({ title, direction, value, interval, unit, clips, note }): readonly Cell[] => [
      `${title} ${direction === "higher" ? "↑" : "↓"}`,
      // As in the tables of several systems: a star points to the notes.
      `${digits(value)}${note === undefined ? "" : "*"}`,
      interval ? `${digits(interval.low)} to ${digits(interval.high)}` : "",
      unit === "1" ? "" : unit,
      `${clips}`,
    ]);
  return table(["metric", "value", "95 % interval", "unit", "clips"], rows, paint);
}

const digits = (value: number | undefined): string => (value === undefined ? "–" : String(Number(value.toPrecision(4))));

/** What a person must know beside the numbers, one line per thing; where names are cut short it says where all are. */
export function notesText({ reports, generated, missing, published, clips }: Outcome): string {
  const lines: string[] = [];
  if (published !== undefined && clips < published)
    lines.push(`The list has ${clips} of the ${published} clips of the benchmark: numbers do not compare with published ones.`);
  const shortened = (names: readonly string[]): string =>
    names.slice(0, LISTED).join(", ") + (names.length > LISTED ? ` and ${names.length - LISTED} more` : "");
  if (missing.length > 0)
    lines.push(`the benchmark's folder lacks ${shortened(missing.map(({ id, what }) => `${id} (${what})`))}`);
  const failed = generated?.failed ?? [];
  for (const { name, reason } of failed.slice(0, LISTED)) lines.push(`no sound was made for ${name}: ${reason}`);
  if (failed.length > LISTED) lines.push(`no sound was made for ${failed.length - LISTED} further clips`);
  lines.push(...remarks(reports));
  // As `remarks` and the lines above cut lists of names.
  if (lines.some((line) => /\band \d+ more\b|\bfurther clips$/.test(line))) lines.push("--json and --html name every clip.");
  return lines.map((line) => `Note: ${printable(line)}\n`).join("");
}
