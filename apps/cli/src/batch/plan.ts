/** Every take of a batch, before any is made: its files, what it is made from, and the command that makes it alone. */
import { type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { notReadable, sha256 } from "@foley-control/files/node";
import { checkRequest } from "@foley-control/pipeline/node";
import { laterSeed } from "../generate/make.js";
import type { Outputs } from "../generate/outputs.js";
import { type Settings, settingsWords } from "../generate/settings.js";
import { jsonSeed } from "../values.js";
import { createNames, type Written } from "./names.js";
import type { Row } from "./row.js";

/** Most takes of one batch. */
const MAXIMUM_TAKES = 100_000;

/** A take that is to be there in the end. */
export interface PlannedTake {
  readonly row: Row;
  /** From 1, and how many there are of the row. */
  readonly take: number;
  readonly takes: number;
  readonly seed: number | bigint;
  /** Paths. */
  readonly outputs: Outputs;
  /** Names of the files in the output folder. */
  readonly names: readonly string[];
  /** Digest of all that it is made from. */
  readonly key: string;
  /** Why it cannot be made, as far as can be told now. */
  readonly error: FoleyError | undefined;
}

/** What all takes are made with. */
export interface PlanOptions {
  readonly outputDir: string;
  readonly written: Written;
  /** Version of the program, weights, device: what else the bytes depend on. */
  readonly made: unknown;
}

/**
 * Plans. Files are looked for, not opened.
 *
 * @throws FoleyError `invalid-argument` for more takes than there should be
 */
export function planTakes(rows: readonly Row[], { outputDir, written, made }: PlanOptions): readonly PlannedTake[] {
  if (rows.reduce((sum, { settings }) => sum + (settings.takes ?? 1), 0) > MAXIMUM_TAKES)
    throw new FoleyError("invalid-argument", `More than ${MAXIMUM_TAKES} sounds were asked for.`, {
      hint: "Make several batches of it.",
    });
  const namesOf = createNames(written);
  const planned: PlannedTake[] = [];
  for (const row of rows) {
    const { clip, settings } = row;
    const { takes = 1, seed = 0 } = settings;
    const { error, found } = look(row);
    const from =
      error === undefined
        ? JSON.stringify([made, found, written, settingsWords({ ...settings, seed: 0, events: "", sound: "" })])
        : "";
    // A row without a clip has no name to make others from.
    const names =
      clip === "" ? Array.from({ length: takes }, () => ({ video: undefined, audio: undefined })) : namesOf(clip, takes);
    for (const [index, { video, audio }] of names.entries()) {
      const own = laterSeed(seed, index);
      const path = (name: string | undefined) => (name === undefined ? undefined : join(outputDir, name));
      planned.push({
        row,
        take: index + 1,
        takes,
        seed: own,
        outputs: { video: path(video), audio: path(audio) },
        names: [video, audio].filter((name) => name !== undefined),
        key: error === undefined ? sha256(from, String(jsonSeed(own))) : "",
        error,
      });
    }
  }
  return planned;
}

/** The files of a row, as they are now, or what is wrong with it. */
function look({ clip, settings, error }: Row): { readonly found?: unknown; readonly error?: FoleyError | undefined } {
  if (error) return { error };
  try {
    checkRequest({ solver: settings.sampler as never, start: settings.start, duration: settings.duration });
    const files = [clip, ...[settings.events, settings.sound].filter((file) => file !== undefined)];
    return { found: files.map((path) => [basename(path), ...ageOf(path)]) };
  } catch (wrong) {
    if (!FoleyError.isInstance(wrong)) throw wrong;
    return { error: wrong };
  }
}

function ageOf(path: string): readonly [size: number, modified: number] {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (cause) {
    throw notReadable(`"${path}"`, cause, "Paths in a list are taken from the folder of the list.");
  }
  if (!found.isFile()) throw new FoleyError("bad-file", `"${path}" is no file.`, { hint: "Give the path of a clip." });
  return [found.size, found.mtimeMs];
}

/** The command that makes a take alone, to be typed where the batch was run. */
export function commandOf({ row, outputs, seed }: PlannedTake, parts: readonly string[]): string {
  const settings: Settings = { ...row.settings, seed };
  const words = [
    "foley",
    "generate",
    row.clip.startsWith("-") ? `./${row.clip}` : row.clip,
    ...settingsWords(settings),
    ...parts,
  ];
  if (outputs.video !== undefined) words.push("-o", outputs.video);
  if (outputs.audio !== undefined) words.push("--audio", outputs.audio);
  return words.map(quoted).join(" ");
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return process.platform === "win32" ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
