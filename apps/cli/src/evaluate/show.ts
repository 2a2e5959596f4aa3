/** An evaluation on a terminal: numbers on stdout, what did not count on stderr. */
import { type EvaluationReport, type MetricResult, textTable } from "@foley-control/metrics/node";
import { printable } from "../dataset/show.js";
import { type Cell, table } from "../terminal/style.js";
import type { Outcome } from "./outcome.js";

type Paint = Parameters<typeof table>[2];

/** Names that are listed before the rest is counted. */
const LISTED = 20;

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
    .map(({ title, direction, value, interval, unit, clips }): readonly Cell[] => [
      `${title} ${direction === "higher" ? "↑" : "↓"}`,
      digits(value),
      interval ? `${digits(interval.low)} to ${digits(interval.high)}` : "",
      unit === "1" ? "" : unit,
      `${clips}`,
    ]);
  return table(["metric", "value", "95 % interval", "unit", "clips"], rows, paint);
}

const digits = (value: number | undefined): string => (value === undefined ? "–" : String(Number(value.toPrecision(4))));

/** What a person must know beside the numbers, one line per thing; names are never left out without a count. */
export function notesText({ reports, generated, missing, published, clips }: Outcome): string {
  const lines: string[] = [];
  if (published !== undefined && clips < published)
    lines.push(`The list has ${clips} of the ${published} clips of the benchmark: numbers do not compare with published ones.`);
  if (missing.length > 0)
    lines.push(
      named(
        missing.length,
        "file",
        "of the benchmark",
        "missing",
        missing.map(({ id, what }) => `${id} (${what})`),
      ),
    );
  if (generated && generated.failed.length > 0) lines.push(...reasons("could not be given sound", generated.failed));
  for (const report of reports) {
    const { system, onlyReference, onlyGenerated, silent, silentReference, unequal, failures } = report;
    const say = (names: readonly string[], what: string): void => {
      if (names.length > 0) lines.push(named(names.length, "clip", `of ${system}`, what, names));
    };
    say(onlyReference, "without a generated sound");
    say(onlyGenerated, "without anything true");
    say(silent, "silent throughout (counted)");
    say(silentReference, "truly silent (counted)");
    say(
      unequal.map(({ name, reference, generated: own }) => `${name} (${digits(reference)} s, generated ${digits(own)} s)`),
      "of different lengths",
    );
    lines.push(...reasons(`of ${system} could not be scored`, failures));
    for (const [note, titles] of notesOf(report.results)) lines.push(`${system}: ${titles.join(", ")}: ${note}`);
  }
  return lines.map((line) => `Note: ${printable(line)}\n`).join("");
}

/** Equal notes once, with the metrics that they are about. */
function notesOf(results: readonly MetricResult[]): ReadonlyMap<string, readonly string[]> {
  const notes = new Map<string, string[]>();
  for (const { title, note } of results) if (note !== undefined) notes.set(note, [...(notes.get(note) ?? []), title]);
  return notes;
}

const named = (count: number, thing: string, of: string, what: string, names: readonly string[]): string =>
  `${count} ${thing}${count === 1 ? "" : "s"} ${of} ${count === 1 ? "is" : "are"} ${what}: ${listed(names)}.`;

const listed = (names: readonly string[]): string =>
  names.length > LISTED
    ? `${names.slice(0, LISTED).join(", ")} and ${names.length - LISTED} more (--json and --html name all)`
    : names.join(", ");

/** One line per reason, with the clips that it is about. */
function reasons(what: string, failures: readonly { readonly name: string; readonly reason: string }[]): readonly string[] {
  const lines = failures.slice(0, LISTED).map(({ name, reason }) => `${name} ${what}: ${reason}`);
  return failures.length > LISTED
    ? [...lines, `${failures.length - LISTED} more clips ${what} (--json and --html name all).`]
    : lines;
}
