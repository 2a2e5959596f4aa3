/** Tables whose numbers can be read back with all their digits. */
import { escape } from "./escape.js";

/** What a cell holds: text, a number, or nothing. */
export type Cell = string | number | undefined;

/** A number for people: whole as it is, else four digits that count. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4 ? value.toExponential(3) : size >= 1000 ? value.toFixed(1) : value.toPrecision(4);
}

/**
 * A table. Numbers are aligned and shortened for reading; `<data value>` keeps them whole. The first cell names its row.
 *
 * @param columns - headers, one per column
 * @param rows - cells, from left to right; a missing one shows as a dash
 * @returns an HTML fragment for the body of a section
 *
 * @example
 * ```ts
 * table(["system", "FD"], [["ours", 3.14159]]);
 * ```
 */
export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = columns.map((_, column) => {
    const given = rows.map((row) => row[column]).filter((cell) => cell !== undefined);
    return given.length > 0 && given.every((cell) => typeof cell === "number");
  });
  const kind = (column: number): string => (numeric[column] ? ' class="number"' : "");
  const head = columns.map((title, i) => `<th scope="col"${kind(i)}>${escape(title)}</th>`).join("");
  const body = rows.map(
    (row) =>
      `<tr>${columns
        .map((_, i) => (i === 0 ? `<th scope="row"${kind(i)}>${content(row[i])}</th>` : `<td${kind(i)}>${content(row[i])}</td>`))
        .join("")}</tr>`,
  );
  return `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

function content(cell: Cell): string {
  if (cell === undefined) return "–";
  return typeof cell === "number" ? `<data value="${cell}">${numberText(cell)}</data>` : escape(cell);
}
