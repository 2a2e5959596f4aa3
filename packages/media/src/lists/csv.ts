/** Comma-separated values (RFC 4180), with the blank after a comma that AudioSet's lists have. */
import { FoleyError } from "@foley-control/core";

/** Longest list that is read, in characters: one of a few million clips. */
export const MAXIMUM_LIST_CHARACTERS = 500_000_000;

/** Makes the error of one line of a list. */
export type Wrong = (what: string, hint: string) => FoleyError;

/** The errors of a line, counted from 1. */
export const wrongIn =
  (name: string, line: number): Wrong =>
  (what, hint) =>
    new FoleyError("bad-file", `Line ${line} of ${name} ${what}.`, { hint });

/** One record. */
interface CsvRecord {
  /** Fields without their quotes. */
  readonly fields: readonly string[];
  /** What is wrong with the line on which it begins. */
  readonly wrong: Wrong;
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
    const wrong = wrongIn(name, line);
    const fields: string[] = [];
    for (;;) {
      const blanks = /[ \t]*/y;
      blanks.lastIndex = at;
      blanks.exec(text);
      if (text[blanks.lastIndex] === '"') {
        const close = closingQuote(text, blanks.lastIndex + 1);
        if (close < 0) throw wrong("has a quote that is not closed", "Quote whole fields, and double quotes inside them.");
        const value = text.slice(blanks.lastIndex + 1, close);
        line += value.split("\n").length - 1;
        fields.push(value.replaceAll('""', '"'));
        blanks.lastIndex = close + 1;
        blanks.exec(text);
        at = blanks.lastIndex;
        if (at < text.length && !",\r\n".includes(text[at] as string)) {
          throw wrong(`goes on after the closing quote of field ${fields.length}`, "Double quotes inside fields.");
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
    if (fields.length > 1 || fields[0] !== "") yield { fields, wrong };
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
): Generator<{ readonly row: Readonly<Record<string, string>>; readonly wrong: Wrong }, void, undefined> {
  let header: readonly string[] | undefined;
  for (const { fields, wrong } of parseCsv(text, name)) {
    if (header === undefined) {
      header = fields.map((field) => field.toLowerCase());
      const missing = needed.find((column) => !header?.includes(column));
      if (missing !== undefined) {
        const what = `names the columns ${fields.join(", ")}; "${missing}" is missing`;
        throw wrong(what, "The first line must name the columns.");
      }
      continue;
    }
    if (fields.length !== header.length)
      throw wrong(`has ${fields.length} fields; ${header.length} were expected`, "Quote fields that hold commas.");
    yield { row: Object.fromEntries(header.map((column, i) => [column, fields[i] as string])), wrong };
  }
}

/** A number of seconds in a field. */
export function secondsOf(field: string | undefined, column: string, wrong: Wrong): number {
  const value = field === undefined || field.trim() === "" ? Number.NaN : Number(field);
  if (!(value >= 0) || !Number.isFinite(value))
    throw wrong(`has ${JSON.stringify(field)} as ${column}; seconds were expected`, "Correct or leave out the line.");
  return value;
}

/** JSON lines: what each line that is not empty holds. */
export function* parseJsonLines(
  text: string,
  name: string,
): Generator<{ readonly entry: unknown; readonly wrong: Wrong }, void, undefined> {
  for (const [index, part] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (part.trim() === "") continue;
    const wrong = wrongIn(name, index + 1);
    let entry: unknown;
    try {
      entry = JSON.parse(part);
    } catch {
      throw wrong("is no JSON", "Every line must be one object.");
    }
    yield { entry, wrong };
  }
}
