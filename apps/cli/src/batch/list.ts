/**
 * Lists of clips: CSV (RFC 4180) whose first line names the columns, or JSON lines. Columns are called as the flags of `foley generate`, in any
 * spelling (`negative-prompt`, `negativePrompt`, `Negative prompt`), and are read as these are. What is wrong with a row stays with the row; what is
 * wrong with the columns ends the reading.
 */
import { basename, dirname, extname, isAbsolute, join } from "node:path";
import { FoleyError, parseJson, shown } from "@foley-control/core";
import { readTextFile } from "@foley-control/files/node";
import { parseCsv } from "@foley-control/media/node";
import { SETTINGS, type Settings } from "../generate/settings.js";
import type { UncountedRow } from "./row.js";

/** Largest list that is read, bytes. */
const MAXIMUM_LIST_BYTES = 256 << 20;
/** Endings of lists. */
const CSV = /\.csv$/i;
const JSON_LINES = /\.(?:jsonl|ndjson)$/i;

/** Whether a path has the ending of a list. */
export const isList = (path: string): boolean => CSV.test(path) || JSON_LINES.test(path);

type Column = keyof Settings | "clip";
const plain = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, "");
const COLUMNS: ReadonlyMap<string, Column> = new Map(
  (["clip", ...Object.keys(SETTINGS)] as readonly Column[]).map((column) => [plain(column), column]),
);
const flagName = (column: Column): string => (column === "clip" ? column : (SETTINGS[column]().long as string).slice(2));
const CORRECT = "Correct the row.";
const KNOWN = `Known are ${[...COLUMNS.values()].map(flagName).join(", ")}.`;

/**
 * The rows of a list; paths in it are taken from its folder.
 *
 * @param given - settings of all rows that do not say otherwise
 * @throws FoleyError `bad-file` when it cannot be read, names columns that are not known, or is no CSV
 */
export async function readList(path: string, given: Settings): Promise<readonly UncountedRow[]> {
  const text = await readTextFile(path, { limit: MAXIMUM_LIST_BYTES, hint: "Check the path, or cut the list into several." });
  const list = { name: basename(path), folder: dirname(path), given };
  return [...(CSV.test(extname(path)) ? csvRows(text, list) : jsonRows(text, list))];
}

interface List {
  readonly name: string;
  readonly folder: string;
  readonly given: Settings;
}

function* csvRows(text: string, list: List): Generator<UncountedRow, void, undefined> {
  let header: readonly (Column | undefined)[] | undefined;
  for (const { fields, wrong } of parseCsv(text, list.name)) {
    if (header === undefined) {
      header = headerOf(fields, wrong);
      continue;
    }
    const columns = header;
    // What a spreadsheet leaves of rows that were emptied.
    if (fields.every((field) => field === "")) continue;
    yield rowOf(list, () => {
      if (fields.length !== columns.length)
        throw wrong(
          `has ${fields.length} fields; ${columns.length} were expected`,
          "Put quotes around a field that holds a comma.",
        );
      return columns.flatMap((column, i) =>
        column === undefined ? [] : [[column, fields[i] as string, (what: string) => wrong(what, CORRECT)] as const],
      );
    });
  }
}

type Wrong = (what: string, hint: string) => FoleyError;

function headerOf(fields: readonly string[], wrong: Wrong): readonly (Column | undefined)[] {
  const columns = fields.map((field) => {
    if (field === "") return undefined; // a spreadsheet's empty column
    const column = COLUMNS.get(plain(field));
    if (column !== undefined) return column;
    const separator = /[;\t]/.test(field) ? " Columns are separated by commas." : "";
    throw wrong(`names the column ${shown(field)}, which is not known`, `The first line names the columns.${separator} ${KNOWN}`);
  });
  const named = columns.filter((column) => column !== undefined);
  const twice = named.find((column, i) => named.indexOf(column) < i);
  if (twice !== undefined) throw wrong(`names the column "${flagName(twice)}" twice`, "Leave one out.");
  if (!named.includes("clip")) throw wrong(`names no column "clip"`, `It has the path of each clip. ${KNOWN}`);
  return columns;
}

function* jsonRows(text: string, list: List): Generator<UncountedRow, void, undefined> {
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const what = `Line ${index + 1} of ${list.name}`;
    const hint = 'Write {"clip": "a.mp4", "prompt": "…"}.';
    yield rowOf(list, () => {
      const value = parseJson(line, { what, hint });
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new FoleyError("bad-file", `${what} is no object.`, { hint });
      return Object.entries(value).map(([name, given]) => {
        const column = COLUMNS.get(plain(name));
        if (column === undefined)
          throw new FoleyError("bad-file", `${what} says ${shown(name)}, which is not known.`, { hint: KNOWN });
        return [
          column,
          textOf(given, `${what}, ${flagName(column)}:`),
          (why: string) => new FoleyError("bad-file", `${what} ${why}.`, { hint: CORRECT }),
        ] as const;
      });
    });
  }
}

/** What stands in JSON, as it would stand in CSV. */
function textOf(value: unknown, what: string): string {
  if (value === null) return "";
  const isExact = typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value);
  if (isExact && ["string", "number", "boolean"].includes(typeof value)) return String(value);
  const hint = isExact ? "Write text, a number, true or false." : "Numbers of more than 53 bits are written in quotes.";
  throw new FoleyError("bad-file", `${what} ${shown(value)} was given.`, { hint });
}

type Field = readonly [column: Column, text: string, wrong: (what: string) => FoleyError];

/** A row, or what is wrong with it. */
function rowOf({ folder, given }: List, read: () => readonly Field[]): UncountedRow {
  let clip = "";
  const here = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  try {
    const settings: Record<string, unknown> = { ...given };
    const fields = read();
    clip = here(fields.find(([column]) => column === "clip")?.[1] ?? "");
    for (const [column, text, wrong] of fields) {
      if (column === "clip" && text === "") throw wrong("names no clip");
      if (column === "clip" || text === "") continue;
      const value = valueOf(column, text, wrong);
      settings[column] = column === "events" || column === "sound" ? here(value as string) : value;
    }
    if (!fields.some(([column]) => column === "clip")) throw (fields[0]?.[2] ?? noClip)("names no clip");
    return { clip, settings };
  } catch (error) {
    if (!FoleyError.isInstance(error)) throw error;
    return { clip, settings: given, error };
  }
}

const noClip = (what: string): FoleyError => new FoleyError("bad-file", `A row ${what}.`);

function valueOf(column: keyof Settings, text: string, wrong: Field[2]): unknown {
  const option = SETTINGS[column]();
  if (option.isBoolean()) {
    if (/^(?:true|yes|1)$/i.test(text)) return true;
    if (/^(?:false|no|0)$/i.test(text)) return false;
    throw wrong(`has ${shown(text)} as ${flagName(column)}; true or false was expected`);
  }
  try {
    return option.parseArg ? option.parseArg(text, undefined) : text;
  } catch (error) {
    const expected = (error as Error).message.replace(/^".*?" was given; |\.$/gs, "");
    throw wrong(`has ${shown(text)} as ${flagName(column)}; ${expected}`);
  }
}
