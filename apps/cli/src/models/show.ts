/** What the subcommands of `foley models` show, and how. */
import type { Held } from "@foley-control/models/node";
import { printable } from "../terminal/print.js";

/** Flags that every subcommand has. */
export interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A model as the JSON of several subcommands has it. */
export function heldJson({ id, known, revision, folder, files, missing, cached }: Held) {
  return {
    id,
    source: cached === undefined ? "local" : "cache",
    model: known?.id ?? null,
    kind: known?.kind ?? null,
    revision: revision || null,
    commit: cached?.revision.commit ?? null,
    folder,
    bytes: sum(files),
    complete: missing.length === 0,
    missing,
    files: Object.fromEntries(files.map(({ name, path }) => [name, path])),
  };
}

/** A table; names come out of files, so what could steer a terminal is taken out of them. */
export function columns(rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map(printable));
  const widths = (plain[0] ?? []).map((_, column) => Math.max(...plain.map((row) => (row[column] ?? "").length)));
  return plain
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** Bytes of files together. */
export const sum = (files: readonly { readonly size: number }[]): number => files.reduce((total, { size }) => total + size, 0);
