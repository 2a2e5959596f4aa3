/**
 * A project on the disk: a snapshot and the journal of what came after it. A new snapshot is written beside the old one first, so that one of
 * the two is whole whenever the power goes.
 */
import { json, parseJson } from "@foley-control/core";
import { readStored, type StoredDocument } from "../document/read-document.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { Disk } from "./disk.js";
import { parseJournal, replay } from "./journal.js";

/** Folder of all projects. */
export const PROJECTS = "projects";

/** Paths of a project's files. */
export const pathsOf = (id: string) => {
  const folder = `${PROJECTS}/${id}`;
  return {
    folder,
    snapshot: `${folder}/project.json`,
    next: `${folder}/project.next.json`,
    journal: `${folder}/journal.ndjson`,
    summary: `${folder}/summary.json`,
    takes: `${folder}/takes`,
    unfinished: `${folder}/unfinished`,
  };
};

/** What of a project is shown without opening it. */
export interface Summary {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  /** A small picture as a `data:` address. */
  readonly picture: string | undefined;
}

const summaryCheck = json.object({
  name: json.text(1000),
  changedAt: json.number(0, 1e15),
  picture: json.optional(json.text(200_000)),
});

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The newest of a project's snapshots that can be read, with all that its journal adds. @throws FoleyError a sentence when there is none */
export async function loadProject(
  disk: Disk,
  id: string,
): Promise<{ readonly stored: StoredDocument; readonly journalLength: number }> {
  const { snapshot, next, journal } = pathsOf(id);
  let best: StoredDocument | undefined;
  let problem: unknown;
  for (const path of [snapshot, next]) {
    const bytes = await disk.read(path);
    if (bytes === undefined) continue;
    try {
      const one = readStored(decode(bytes));
      if (best === undefined || one.sequence > best.sequence) best = one;
    } catch (error) {
      problem ??= error;
    }
  }
  if (best === undefined) throw problem ?? new ToldError("not-found", text("storage.gone"), { hint: text("storage.goneHint") });
  const { lines, length } = parseJournal((await disk.read(journal)) ?? new Uint8Array());
  return { stored: replay(best, lines), journalLength: length };
}

/** Writes a snapshot and empties the journal. */
export async function saveSnapshot(disk: Disk, id: string, stored: StoredDocument, summary: Summary): Promise<void> {
  const { snapshot, next, journal } = pathsOf(id);
  const bytes = encode(stored);
  await disk.write(next, [bytes]);
  await disk.write(snapshot, [bytes]);
  await disk.remove(next);
  await disk.append(journal, 0, new Uint8Array());
  await saveSummary(disk, id, summary);
}

/** Writes what of a project is shown without opening it. */
export async function saveSummary(disk: Disk, id: string, summary: Summary): Promise<void> {
  await disk.write(pathsOf(id).summary, [encode(summary)]);
}

/** What of a project is shown in the list; made from the project itself when its summary is gone or damaged. */
export async function loadSummary(disk: Disk, id: string): Promise<Summary | undefined> {
  try {
    const bytes = await disk.read(pathsOf(id).summary);
    const value = bytes && parseJson(decode(bytes), { what: "summary.json" });
    if (value !== undefined && summaryCheck(value, "") === undefined) return value as Summary;
    return { name: (await loadProject(disk, id)).stored.document.name, changedAt: 0, picture: undefined };
  } catch {
    return undefined;
  }
}
