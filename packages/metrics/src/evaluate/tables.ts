/** Reports as tables: systems as rows, metrics as columns, the better number in bold where the form knows bold. */
import type { EvaluationReport, MetricResult } from "./report.js";

/** Digits behind the point by the size of the number. */
function shown(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

const arrow = ({ direction }: MetricResult) => (direction === "higher" ? "↑" : "↓");

/** Metrics that any of the reports has a number for, as the first report that has them describes them. */
function columnsOf(reports: readonly EvaluationReport[]): readonly MetricResult[] {
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

function cells(reports: readonly EvaluationReport[], bold: (text: string) => string, name: (text: string) => string): string[][] {
  const columns = columnsOf(reports);
  return reports.map((report) => [
    name(report.system),
    ...columns.map(({ id }) => {
      const value = resultOf(report, id)?.value;
      return isBest(reports, id, value) ? bold(shown(value)) : shown(value);
    }),
  ]);
}

/** A Markdown table. */
export function markdownTable(reports: readonly EvaluationReport[]): string {
  const name = (text: string) => text.replace(/[|\\]/g, "\\$&").replace(/\s+/g, " ");
  const header = ["system", ...columnsOf(reports).map((column) => `${column.title} ${arrow(column)}`)];
  const rows = [header, header.map((_, i) => (i === 0 ? "---" : "--:")), ...cells(reports, (text) => `**${text}**`, name)];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Rows of a LaTeX table, to be put between `\begin{tabular}` and `\end{tabular}`. */
export function latexRows(reports: readonly EvaluationReport[]): string {
  const name = (text: string) =>
    text
      .replace(/\\/g, "\\textbackslash ")
      .replace(/[&%$#_{}]/g, "\\$&")
      .replace(/\s+/g, " ");
  const header = [
    "System",
    ...columnsOf(reports).map((column) => `${name(column.title)} $\\${column.direction === "higher" ? "up" : "down"}arrow$`),
  ];
  const rows = [header, ...cells(reports, (text) => `\\textbf{${text}}`, name)];
  return rows.map((row) => `${row.join(" & ").replaceAll("–", "--")} \\\\`).join("\n");
}

/** A table of plain text, columns aligned. */
export function textTable(reports: readonly EvaluationReport[]): string {
  const header = ["", ...columnsOf(reports).map((column) => `${column.title} ${arrow(column)}`)];
  const rows = [
    header,
    ...cells(
      reports,
      (text) => text,
      (text) => text.replace(/\s+/g, " "),
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
