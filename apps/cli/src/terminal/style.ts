/** Colours and tables for terminals; plain text everywhere else. */

/** Colours in use. */
export type Colour = "green" | "yellow" | "red" | "dim" | "bold";

const codes: Readonly<Record<Colour, number>> = { green: 32, yellow: 33, red: 31, dim: 2, bold: 1 };

/** A function that colours text, or leaves it as it is. Follows https://no-color.org. */
export function painter(
  terminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): (text: string, colour: Colour) => string {
  const on = terminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return (text, colour) => (on ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

/** Cells of one row; a cell may be coloured after its width is known. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

/** Lines of a table with right-aligned columns under a header. */
export function table(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: (text: string, colour: Colour) => string,
): string {
  const textOf = (cell: Cell | undefined): string => (cell === undefined ? "" : typeof cell === "string" ? cell : cell.text);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => textOf(row[column]).length)));
  const line = (cells: readonly Cell[], base?: Colour): string =>
    `  ${widths
      .map((width, column) => {
        const cell = cells[column];
        const padded = textOf(cell).padStart(width);
        const colour = typeof cell === "object" ? cell.colour : base;
        return colour === undefined ? padded : paint(padded, colour);
      })
      .join("   ")}\n`;
  return line(header, "dim") + rows.map((row) => line(row)).join("");
}
