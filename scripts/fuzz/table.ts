/** A report of the fuzzer as text. */
import type { FuzzReport } from "./run.js";

const columns = [
  ["refused", "refused"],
  ["accepted", "accepted"],
  ["other errors", "other"],
  ["process ends", "ended"],
  ["> 10 s", "slow"],
  ["> 500 MB", "large"],
] as const;

/** The table, one line per kind of input, and what must not have happened with the command that does it again. */
export function tableOf(report: FuzzReport): string {
  const { run, rows, findings } = report;
  const kinds = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  const numbers = (counts: readonly (typeof kinds)[number][1][]) => {
    const each = columns.map(([, outcome]) => counts.reduce((total, row) => total + row[outcome], 0));
    const most = (of: "slowestMs" | "largestMegabytes") => Math.round(counts.reduce((top, row) => Math.max(top, row[of]), 0));
    const costs = [most("slowestMs"), most("largestMegabytes")];
    return [each.reduce((a, b) => a + b, 0), ...each, ...costs].map((n) => n.toLocaleString("en"));
  };
  const cells = [
    [run.part, "inputs", ...columns.map(([title]) => title), "slowest ms", "largest MB"],
    ...kinds.map(([kind, row]) => [kind, ...numbers([row])]),
    ["all", ...numbers(kinds.map(([, row]) => row))],
  ];
  const widths = (cells[0] as string[]).map((_, i) => Math.max(...cells.map((row) => (row[i] as string).length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join("  "),
  );
  const told = findings.slice(0, 20).map(({ input, kind, outcome, detail }) => {
    const again = `npm run fuzz -- --part ${run.part} --seed ${run.seed} --input ${input}`;
    return `\n${outcome}: ${kind}, input ${input} (${again})\n${detail.replace(/^/gm, "  ")}`;
  });
  return [...lines, ...told].join("\n");
}
