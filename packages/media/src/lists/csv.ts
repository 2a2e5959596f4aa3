/** Comma-separated values (RFC 4180), with the blank after a comma that AudioSet's lists have. */
import { FoleyError } from "@foley-control/core";

/** Longest list that is read, in characters: one of a few million clips. */
export const MAXIMUM_LIST_CHARACTERS = 500_000_000;

/** One record and where it is. */
interface CsvRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Fields without their quotes. */
  readonly fields: readonly string[];
}

/**
 * Splits a text into records. Empty lines are left out; quotes may hold commas, line breaks and doubled quotes.
 *
 * @param name - of the list, for messages
 * @throws FoleyError `bad-file` naming the line, for a quote that is not closed or stands where none may
 */
export function* parseCsv(text: string, name: string): Generator<CsvRecord, void, undefined> {
  if (text.length > MAXIMUM_LIST_CHARACTERS) {
    throw new FoleyError("bad-file", `${name} has ${text.length} characters; at most ${MAXIMUM_LIST_CHARACTERS} are read.`, {
      hint: "Cut it into several lists.",
    });
  }
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const begun = line;
    const fields: string[] = [];
    for (;;) {
      const blanks = /[ \t]*/y;
      blanks.lastIndex = at;
      blanks.exec(text);
      if (text[blanks.lastIndex] === '"') {
        const close = closingQuote(text, blanks.lastIndex + 1);
        if (close < 0)
          throw wrong(name, begun, "has a quote that is not closed", "Quote whole fields, and double quotes inside them.");
        const value = text.slice(blanks.lastIndex + 1, close);
        line += value.split("\n").length - 1;
        fields.push(value.replaceAll('""', '"'));
        const rest = /[ \t]*/y;
        rest.lastIndex = at = close + 1;
        rest.exec(text);
        at = rest.lastIndex;
        if (at < text.length && !",\r\n".includes(text[at] as string)) {
          throw wrong(name, begun, `goes on after the closing quote of field ${fields.length}`, "Double quotes inside fields.");
        }
      } else {
        const end = /[,\r\n]|$/g;
        end.lastIndex = at;
        const stop = end.exec(text)?.index ?? text.length;
        fields.push(text.slice(at, stop).trim());
        at = stop;
      }
      if (text[at] !== ",") break;
      at++;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    if (fields.length > 1 || fields[0] !== "") yield { line: begun, fields };
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}

/** Records as objects under the names of the first one, in lower case. */
export function* parseCsvTable(
  text: string,
  name: string,
  needed: readonly string[],
): Generator<{ readonly line: number; readonly row: Readonly<Record<string, string>> }, void, undefined> {
  let header: readonly string[] | undefined;
  for (const { line, fields } of parseCsv(text, name)) {
    if (header === undefined) {
      header = fields.map((field) => field.toLowerCase());
      const missing = needed.find((column) => !header?.includes(column));
      if (missing !== undefined) {
        throw wrong(
          name,
          line,
          `names the columns ${fields.join(", ")}; "${missing}" is missing`,
          "The first line must name the columns.",
        );
      }
      continue;
    }
    if (fields.length !== header.length)
      throw wrong(name, line, `has ${fields.length} fields; ${header.length} were expected`, "Quote fields that hold commas.");
    yield { line, row: Object.fromEntries(header.map((column, i) => [column, fields[i] as string])) };
  }
}

/** A number of seconds in a field. */
export function secondsOf(field: string | undefined, name: string, line: number, column: string): number {
  const value = field === undefined || field.trim() === "" ? Number.NaN : Number(field);
  if (!(value >= 0) || !Number.isFinite(value))
    throw wrong(name, line, `has ${JSON.stringify(field)} as ${column}; seconds were expected`, "Correct or leave out the line.");
  return value;
}

/** A list that cannot be read. */
export function wrong(name: string, line: number, what: string, hint: string): FoleyError {
  return new FoleyError("bad-file", `Line ${line} of ${name} ${what}.`, { hint });
}
