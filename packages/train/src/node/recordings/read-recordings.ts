/** A folder of recordings: `index.json`, which says what each file is, and the files, read into memory at the rate of the codec. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readJsonFile, sha256 } from "@foley-control/files/node";
import { fitLength, readAudio, resamplePcm, withChannels } from "@foley-control/media/node";
import { asHit, cutHits, normalised } from "../../recordings/hits.js";
import { heldOutSources } from "../../recordings/hold-out.js";
import { mayTrain, type Recording, type RecordingEntry, type Recordings } from "../../recordings/recording.js";

/** Name of the index in its folder. */
export const RECORDINGS_INDEX = "index.json";
/** Most entries of an index. */
const MOST_ENTRIES = 100_000;
/** Longest recording that is read, seconds; all of them together. */
const LONGEST = 600;
const LONGEST_TOGETHER = 4 * 3600;
/** Largest file, bytes. */
const LARGEST = 256 << 20;
/** A recording that is longer lasts, unless the index says otherwise. */
const LASTS = 4;

/** The entries of a folder, in order of their file names. */
export async function readRecordingIndex(directory: string): Promise<readonly RecordingEntry[]> {
  const path = join(directory, RECORDINGS_INDEX);
  const hint =
    "It must be a list of objects with file, cls, label, licence, author, source and seconds; the README of @foley-control/train shows one.";
  const rows = await readJsonFile(path, { hint });
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > MOST_ENTRIES)
    throw new FoleyError("bad-file", `"${path}" is no list of 1 to ${MOST_ENTRIES} recordings.`, { hint });
  const entries = rows.map((row: unknown, index) => entryOf(row, `Recording ${index} of "${path}"`, hint));
  const together = entries.reduce((sum, { seconds }) => sum + seconds, 0);
  if (together > LONGEST_TOGETHER)
    throw new FoleyError(
      "bad-file",
      `"${path}" lists ${Math.round(together / 60)} minutes; at most ${LONGEST_TOGETHER / 60} are read.`,
      {
        hint: "They are kept in memory. Give fewer or shorter recordings.",
      },
    );
  return entries.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function entryOf(row: unknown, what: string, hint: string): RecordingEntry {
  const given = (typeof row === "object" && row !== null ? row : {}) as Readonly<Record<string, unknown>>;
  const text = (key: string): string => {
    const value = given[key];
    if (typeof value !== "string" || value === "" || value.length > 1000)
      throw new FoleyError("bad-file", `${what} has no "${key}" of 1 to 1000 characters.`, { hint });
    return value;
  };
  const file = text("file");
  if (basename(file) !== file)
    throw new FoleyError("bad-file", `${what} names "${file}", which does not lie in the folder itself.`, { hint });
  const seconds = given["seconds"];
  if (typeof seconds !== "number" || !(seconds > 0 && seconds <= LONGEST))
    throw new FoleyError("bad-file", `${what} has ${String(seconds)} seconds; more than 0 and at most ${LONGEST} are read.`, {
      hint,
    });
  return {
    file,
    cls: text("cls"),
    label: text("label"),
    licence: text("licence"),
    author: text("author"),
    source: text("source"),
    seconds,
    long: typeof given["long"] === "boolean" ? given["long"] : seconds > LASTS,
  };
}

/** Options of {@link readRecordings}. */
export interface ReadRecordingsOptions {
  /** Rate of the sounds in memory, Hz. */
  readonly sampleRate: number;
  /** Stops between files. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a folder. Those whose licence does not allow it are left out; those of sources that are held out stand apart. The same sound under two
 * names is read once.
 */
export async function readRecordings(directory: string, { sampleRate, signal }: ReadRecordingsOptions): Promise<Recordings> {
  const entries = (await readRecordingIndex(directory)).filter(mayTrain);
  if (entries.length === 0)
    throw new FoleyError("bad-file", `No recording in "${directory}" has a licence that allows training.`, {
      hint: "CC0, CC BY and MIT do, unless the origin of the sounds is not stated.",
    });
  const held = heldOutSources(entries);
  const [training, heldOut]: [Recording[], Recording[]] = [[], []];
  const known = new Set<string>();
  for (const entry of entries) {
    signal?.throwIfAborted();
    const audio = await readSound(directory, entry, sampleRate);
    const digest = sha256(new Uint8Array(audio.buffer, audio.byteOffset, audio.byteLength));
    if (known.has(digest)) continue;
    known.add(digest);
    (held.has(entry.source) ? heldOut : training).push(...asRecordings(entry, audio, sampleRate));
  }
  return { training, heldOut };
}

async function readSound(directory: string, entry: RecordingEntry, sampleRate: number): Promise<Float32Array> {
  const path = join(directory, entry.file);
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > LARGEST) throw new FoleyError("bad-file", `"${path}" has ${size} bytes; at most ${LARGEST} are read.`);
  const pcm = resamplePcm(withChannels(await readAudio(path), 1), sampleRate);
  return fitLength(pcm, Math.ceil(entry.seconds * sampleRate)).channels[0] as Float32Array;
}

/** A single hit, or what lasts; of what ticks the single ticks too. */
function asRecordings(entry: RecordingEntry, audio: Float32Array, sampleRate: number): readonly Recording[] {
  if (!entry.long) return [{ ...entry, ...asHit(audio, sampleRate) }];
  const whole: Recording = { ...entry, audio: normalised(audio), onsets: [] };
  if (entry.cls !== "tick") return [whole];
  return [whole, ...cutHits(audio, sampleRate).map((cut): Recording => ({ ...entry, long: false, ...asHit(cut, sampleRate) }))];
}
