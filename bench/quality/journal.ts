/** What was found so far, line by line in a file: a measurement that is stopped goes on where it was. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Findings of one identity by name. */
export interface Journal {
  get<T>(name: string): T | undefined;
  add(name: string, found: unknown): void;
}

/**
 * Opens or starts a journal.
 *
 * @param path - JSONL; lines of other identities stay, a line that a crash cut off is passed over.
 * @param identity - Names everything that a finding depends on: weights, settings, versions of scenes and analysis.
 */
export function openJournal(path: string, identity: string): Journal {
  const found = new Map<string, unknown>();
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const row of text.split("\n")) {
    const line = parse(row);
    if (line?.of === identity) found.set(line.name, line.found);
  }
  mkdirSync(dirname(path), { recursive: true });
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  return {
    get: <T>(name: string) => found.get(name) as T | undefined,
    add(name, value) {
      found.set(name, value);
      appendFileSync(path, `${JSON.stringify({ of: identity, name, found: value })}\n`);
    },
  };
}

function parse(row: string): { readonly of: string; readonly name: string; readonly found: unknown } | undefined {
  try {
    return JSON.parse(row);
  } catch {
    return undefined;
  }
}
