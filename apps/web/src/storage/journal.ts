/**
 * The journal: a line for each change since the last snapshot, so that a crash loses nothing. A line is numbered, and ends with a line feed; the
 * last one may be torn. What is typed and not yet an entry of the undo list is a `preview`, which counts when nothing comes after it.
 */
import { type JsonCheck, json, parseJson } from "@foley-control/core";
import { applyPatches, type Patch, produceWithPatches } from "immer";
import { patches as patchesCheck, readDocument, type StoredDocument } from "../document/read-document.js";
import type { Entry, JournalLine } from "../document/store.js";

/** A line as it is written. */
export interface NumberedLine {
  readonly n: number;
  readonly type: JournalLine["type"] | "preview";
  readonly label: string;
  readonly patches: readonly Patch[];
}

const check: JsonCheck = json.object({
  n: json.whole(1, Number.MAX_SAFE_INTEGER),
  type: json.oneOf("do", "undo", "redo", "preview"),
  label: json.text(1000),
  patches: patchesCheck,
});

/** Lines, as bytes. */
export function encodeLines(lines: readonly NumberedLine[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** What a journal holds up to its first line that is torn or none. */
export function parseJournal(bytes: Uint8Array): { readonly lines: readonly NumberedLine[]; readonly length: number } {
  const lines: NumberedLine[] = [];
  let length = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, length)) {
    const line = parseLine(bytes.subarray(length, end));
    if (line === undefined) break;
    lines.push(line);
    length = end + 1;
  }
  return { lines, length };
}

function parseLine(bytes: Uint8Array): NumberedLine | undefined {
  try {
    const value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { what: "a line" });
    return check(value, "") === undefined ? (value as NumberedLine) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A snapshot with the changes that came after it. Lines that the snapshot already has are passed over; the first that does not follow from what is
 * there ends it, and what came before is kept.
 */
export function replay(from: StoredDocument, lines: readonly NumberedLine[]): StoredDocument {
  let stored = from;
  for (const [index, line] of lines.entries()) {
    if (line.n <= stored.sequence) continue;
    if (line.n !== stored.sequence + 1) break;
    const lastWord = index === lines.length - 1;
    try {
      const next = line.type === "preview" && !lastWord ? stored : applied(stored, line);
      stored = { ...next, document: readDocument(next.document), sequence: line.n };
    } catch {
      break;
    }
  }
  return stored;
}

function applied(stored: StoredDocument, { type, label, patches }: NumberedLine): StoredDocument {
  const { past, future } = stored;
  if (type === "do" || type === "preview") {
    if (patches.length === 0) return stored;
    const [document, forward, inverse] = produceWithPatches(stored.document, (draft) => {
      applyPatches(draft, patches as Patch[]);
    });
    return { ...stored, document, past: [...past, { label, forward, inverse }], future: [] };
  }
  const entry: Entry | undefined = type === "undo" ? past.at(-1) : future.at(-1);
  if (entry === undefined) throw new Error("There is nothing to take back.");
  const document = applyPatches(stored.document, (type === "undo" ? entry.inverse : entry.forward) as Patch[]);
  return type === "undo"
    ? { ...stored, document, past: past.slice(0, -1), future: [...future, entry] }
    : { ...stored, document, past: [...past, entry], future: future.slice(0, -1) };
}
