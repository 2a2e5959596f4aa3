/** Reports as tables: systems as rows, metrics as columns, the better number in bold where the form knows bold. */
import { assertHas, assertKind } from "@foley-control/core";
import type { EvaluationReport, MetricResult } from "./report.js";

/** How tables are written. */
export interface TableOptions {
  /** Whether the interval stands behind each number that has one. Default `false`. */
  readonly intervals?: boolean;
  /** Systems that do not compete, such as the true sounds themselves: their numbers are never bold. Default: all compete. */
  readonly outsideCompetition?: readonly string[];
}

/** Digits behind the point by the size of the number. */
function shown(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

const arrow = ({ direction }: MetricResult) => (direction === "higher" ? "↑" : "↓");

/** Metrics that any of the reports has a number for, as the first report that has them describes them. */
function columnsOf(reports: readonly EvaluationReport[]): readonly MetricResult[] {
  assertKind("reports", reports, "list", "Pass what evaluateFolders() gave, awaited; [report] for one.");
  for (const [i, report] of reports.entries())
    assertHas(`reports[${i}]`, report, "results", "a report", "Pass what evaluateFolders() gave, awaited.");
  const columns = new Map<string, MetricResult>();
  for (const { results } of reports)
    for (const result of results) if (result.value !== undefined && !columns.has(result.id)) columns.set(result.id, result);
  return [...columns.values()];
}

const resultOf = ({ results }: EvaluationReport, id: string) => results.find((result) => result.id === id);

/** Whether no other report has a better number. */
function isBest(reports: readonly EvaluationReport[], id: string, value: number | undefined): boolean {
  if (value === undefined || reports.length < 2) return false;
  return reports.every((report) => {
    const other = resultOf(report, id);
    if (other?.value === undefined) return true;
    return other.direction === "higher" ? other.value <= value : other.value >= value;
  });
}

/** The number, its interval behind it if it is wanted and there is one; a star where the report says why not to trust it. */
function cellOf(result: MetricResult | undefined, bold: (text: string) => string, { intervals = false }: TableOptions): string {
  const { value, interval, note } = result ?? {};
  const number = bold(shown(value)) + (value !== undefined && note !== undefined ? "*" : "");
  return intervals && interval ? `${number} [${shown(interval.low)}, ${shown(interval.high)}]` : number;
}

function cells(
  reports: readonly EvaluationReport[],
  bold: (text: string) => string,
  name: (text: string) => string,
  options: TableOptions,
): string[][] {
  const columns = columnsOf(reports);
  const competing = reports.filter(({ system }) => !options.outsideCompetition?.includes(system));
  return reports.map((report) => [
    name(report.system),
    ...columns.map(({ id }) => {
      const result = resultOf(report, id);
      const best = competing.includes(report) && isBest(competing, id, result?.value);
      return cellOf(result, best ? bold : (text) => text, options);
    }),
  ]);
}

/** A Markdown table. */
export function markdownTable(reports: readonly EvaluationReport[], options: TableOptions = {}): string {
  const name = (text: string) => text.replace(/[|\\]/g, "\\$&").replace(/\s+/g, " ");
  const header = ["system", ...columnsOf(reports).map((column) => `${column.title} ${arrow(column)}`)];
  const rows = [
    header,
    header.map((_, i) => (i === 0 ? "---" : "--:")),
    ...cells(reports, (text) => `**${text}**`, name, options),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Rows of a LaTeX table, to be put between `\begin{tabular}` and `\end{tabular}`. */
export function latexRows(reports: readonly EvaluationReport[], options: TableOptions = {}): string {
  const name = (text: string) =>
    text
      .replace(/\\/g, "\\textbackslash ")
      .replace(/[&%$#_{}]/g, "\\$&")
      .replace(/\s+/g, " ");
  const header = [
    "System",
    ...columnsOf(reports).map((column) => `${name(column.title)} $\\${column.direction === "higher" ? "up" : "down"}arrow$`),
  ];
  const rows = [header, ...cells(reports, (text) => `\\textbf{${text}}`, name, options)];
  return rows.map((row) => `${row.join(" & ").replaceAll("–", "--")} \\\\`).join("\n");
}

/** A table of plain text, columns aligned. */
export function textTable(reports: readonly EvaluationReport[], options: TableOptions = {}): string {
  const header = ["", ...columnsOf(reports).map((column) => `${column.title} ${arrow(column)}`)];
  const rows = [
    header,
    ...cells(
      reports,
      (text) => text,
      (text) => text.replace(/\s+/g, " "),
      options,
    ),
  ];
  const widths = header.map((_, i) => Math.max(...rows.map((row) => [...(row[i] ?? "")].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => {
        const space = " ".repeat((widths[i] ?? 0) - [...cell].length);
        return i === 0 ? cell + space : space + cell;
      })
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

/** Names that are shown of a list; the report has them all. */
const SHOWN_NAMES = 5;

/**
 * What the numbers do not say, a line each: which clips did not pair, were silent, of unequal length or could not be scored, which metrics
 * have no number or should not be trusted, and why. A star in a table points here.
 */
export function remarks(reports: readonly EvaluationReport[]): readonly string[] {
  const list = (names: readonly string[]) =>
    names.slice(0, SHOWN_NAMES).join(", ") + (names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : "");
  return reports.flatMap(
    ({ system, onlyReference, unread = [], onlyGenerated, silent, silentReference, unequal, failures, results }) => {
      const said = (what: string, names: readonly string[]) => (names.length > 0 ? [`${system}: ${what} ${list(names)}`] : []);
      const reasons = new Map<string, string[]>();
      for (const { name, reason } of failures) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
      const notes = new Map<string, string[]>();
      for (const { title, note } of results) if (note !== undefined) notes.set(note, [...(notes.get(note) ?? []), title]);
      return [
        ...said("nothing generated for", onlyReference),
        ...said("the ending is not read of", unread),
        ...said("no true clip for", onlyGenerated),
        ...said("silent:", silent),
        ...said("the true sound is silent:", silentReference),
        ...said(
          "the two sounds differ in length:",
          unequal.map(({ name, reference, generated }) => `${name} (${reference.toFixed(2)} s, ${generated.toFixed(2)} s)`),
        ),
        ...[...reasons].map(([reason, names]) => `${system}: not scored ${list(names)}: ${reason}`),
        ...[...notes].map(([note, titles]) => `${system}: ${titles.join(", ")}: ${note}`),
      ];
    },
  );
}

/** The reports as JSON; numbers that are not defined are left out. Ends with a line break. */
export function jsonOf(reports: readonly EvaluationReport[]): string {
  return `${JSON.stringify({ format: "foley-evaluation-1", reports }, null, 2)}\n`;
}

/** Every number of every clip and of every set as comma-separated values, one per line. */
export function csvOf(reports: readonly EvaluationReport[]): string {
  const quoted = (cell: string | number | undefined) => {
    const text = cell === undefined ? "" : String(cell);
    // A cell that begins as a formula does would be run by a spreadsheet.
    const safe = typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines: (string | number | undefined)[][] = [["system", "metric", "clip", "value", "low", "high", "clips", "note"]];
  for (const { system, results } of reports)
    for (const { id, value, interval, clips, note, perClip } of results) {
      lines.push([system, id, "", value, interval?.low, interval?.high, clips, note]);
      for (const [clip, number] of Object.entries(perClip)) lines.push([system, id, clip, number]);
    }
  return `${lines.map((line) => line.map(quoted).join(",")).join("\n")}\n`;
}
