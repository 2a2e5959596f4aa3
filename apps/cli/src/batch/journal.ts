/**
 * What is known of an output folder: a line before a take is written, and one when it is there. Nothing that was there first bears the name of a take
 * that is not its own: what was made before is removed behind the first of the two lines. So a run that is killed at any moment leaves files that are
 * whole and known, or none.
 */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { appendLines, digestFile, jsonLines } from "@foley-control/files/node";

/** Name of the journal in an output folder. */
export const JOURNAL = "batch.jsonl";

/** A file that was written. */
export interface WrittenFile {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly sha256: string;
}

/** What is told of a take that was made. */
export interface MadeTake {
  /** Where in the clip it begins, and how long it is, seconds. */
  readonly start: number;
  readonly duration: number;
  /** Seconds that it took to make. */
  readonly seconds: number;
  readonly warnings: readonly string[];
  /** Times in the clip of what was to be heard, and of what sounds; of short takes. */
  readonly events?: readonly number[] | undefined;
  readonly onsets?: readonly number[] | undefined;
}

/** A take whose files are there. */
export interface FinishedTake extends MadeTake {
  readonly files: readonly WrittenFile[];
}

/** A take that was begun, and how it ended if it did. */
interface Entry {
  /** Name of its first file. */
  readonly output: string;
  /** Digest of all that it is made from. */
  readonly key: string;
  /** Names that it is written under. */
  readonly names: readonly string[];
  readonly files?: readonly WrittenFile[] | undefined;
  readonly take?: MadeTake | undefined;
}

/** A take as the journal knows it. */
export interface JournalTake {
  readonly key: string;
  /** Of its files; the first is what it is called by. */
  readonly names: readonly string[];
}

/** The journal of a folder that this process alone writes. */
export interface Journal {
  /** Whether a file of the folder was written by a batch. */
  owns(name: string): boolean;
  /** What was made, if it was made of the same and its files are as they were left. */
  made(take: JournalTake): Promise<FinishedTake | undefined>;
  /** Writes a take down as begun, lets `write` write its files, and writes down what they are. A take that fails leaves no file. */
  write(take: JournalTake, write: () => Promise<MadeTake>): Promise<FinishedTake>;
}

/**
 * Opens the journal of a folder, and mends what a killed run has left of its last line.
 *
 * @throws FoleyError `bad-file`, `not-writable`
 */
export async function openJournal(folder: string): Promise<Journal> {
  const path = join(folder, JOURNAL);
  const entries = new Map<string, Entry>();
  const owned = new Set<string>();
  for await (const { value } of jsonLines(path, { head: '{"output":', repair: true })) {
    const entry = value as Entry;
    if (typeof entry.output !== "string" || !Array.isArray(entry.names)) continue;
    entries.set(entry.output, entry);
    for (const name of entry.names) owned.add(name);
  }
  const append = (entry: Entry): Promise<void> =>
    appendLines(path, [JSON.stringify(entry)], { hint: "What was made before stays." });
  const remove = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await rm(join(folder, name), { force: true });
  };
  return {
    owns: (name) => owned.has(name),
    async made({ key, names }) {
      const entry = entries.get(names[0] as string);
      if (entry?.key !== key || !entry.files || !entry.take || entry.files.length !== names.length) return undefined;
      for (const file of entry.files) if (!names.includes(file.name) || !(await isAsLeft(folder, file))) return undefined;
      return { ...entry.take, files: entry.files };
    },
    async write({ key, names }, write) {
      const output = names[0] as string;
      await append({ output, key, names });
      entries.delete(output);
      for (const name of names) owned.add(name);
      await remove(names);
      try {
        const take = await write();
        const files = await Promise.all(names.map((name) => written(folder, name)));
        await append({ output, key, names, files, take });
        return { ...take, files };
      } catch (error) {
        await remove(names).catch(() => undefined);
        throw error;
      }
    },
  };
}

async function written(folder: string, name: string): Promise<WrittenFile> {
  const path = join(folder, name);
  const sha256 = await digestFile(path);
  const { size, mtimeMs } = await stat(path);
  return { name, size, modified: mtimeMs, sha256 };
}

/** Whether a file is what it was: of the same age, or, where it was copied, of the same content. */
async function isAsLeft(folder: string, { name, size, modified, sha256 }: WrittenFile): Promise<boolean> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size !== size) return false;
  return found.mtimeMs === modified || (await digestFile(path).catch(() => undefined)) === sha256;
}
