/** What the subcommands of `foley models` show, and how. */
import type { Held } from "@foley-control/models/node";
import type { Io } from "../io.js";

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

/** Prints a result for programs. */
export function json(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** A table; names come out of files, so what could steer a terminal is taken out of them. */
export function columns(rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, "?")));
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

/** Bytes for people. */
export function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}
