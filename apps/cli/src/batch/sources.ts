/** What a batch works on: lists, folders, patterns and clips, as rows. */
import { stat } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";
import { captionBeside, VIDEO_EXTENSIONS } from "@foley-control/train/node";
import type { Settings } from "../generate/settings.js";
import { UsageError } from "../io.js";
import { filesBelow, filesOfPattern, isPattern } from "./glob.js";
import { isList, readList } from "./list.js";
import type { Row, UncountedRow } from "./row.js";

/** Videos, by their names. */
const VIDEO = new RegExp(`\\.(?:${VIDEO_EXTENSIONS.map((ending) => ending.slice(1)).join("|")})$`, "i");
/** What was made by us is no clip to make sound for, where nobody named it. */
const MADE = /\.foley(?:-\d+)?\.[^.]+$/i;
/** Files that people take for lists. */
const NO_LIST = /\.(?:txt|json|tsv|xlsx?|ods)$/i;
/** Files that are looked for at once. */
const AT_ONCE = 32;

/**
 * The rows of everything that was given, in that order. A clip of a folder or a pattern has the prompt of the text beside it (`NAME.txt`), else that of the flags.
 *
 * @throws UsageError for a kind of file that is no list; FoleyError `bad-file` for what cannot be read or holds nothing
 */
export async function readSources(sources: readonly string[], given: Settings): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const source of sources) for (const row of await rowsOf(source, given)) rows.push({ number: rows.length + 1, ...row });
  return rows;
}

async function rowsOf(source: string, given: Settings): Promise<readonly UncountedRow[]> {
  const there = await stat(source).catch(() => undefined);
  if (isList(source) && !there?.isDirectory()) return notEmpty(await readList(source, given), source, "rows");
  if (there?.isDirectory()) {
    const files = (await filesBelow(source, VIDEO)).filter(isOfOthers);
    return notEmpty(await withCaptions(files, given), source, `videos (${VIDEO_EXTENSIONS.join(", ")})`);
  }
  if (!there && isPattern(source)) {
    const files = (await filesOfPattern(source)).filter(isOfOthers);
    return notEmpty(await withCaptions(files, given), source, "files");
  }
  if (!there)
    throw new FoleyError("bad-file", `"${source}" does not exist.`, {
      hint: "Give a list, a folder, a pattern in quotes, or clips.",
    });
  if (NO_LIST.test(source)) throw new UsageError(`"${source}" is no list that can be read. Save it as .csv or .jsonl.`);
  return withCaptions([source], given);
}

const isOfOthers = (path: string): boolean => !MADE.test(path);

async function withCaptions(files: readonly string[], given: Settings): Promise<readonly UncountedRow[]> {
  const rows: UncountedRow[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE)
    rows.push(
      ...(await Promise.all(
        files.slice(at, at + AT_ONCE).map(async (clip) => {
          const [prompt] = await captionBeside(clip);
          return { clip, settings: prompt === undefined ? given : { ...given, prompt } };
        }),
      )),
    );
  return rows;
}

function notEmpty(rows: readonly UncountedRow[], source: string, what: string): readonly UncountedRow[] {
  if (rows.length > 0) return rows;
  throw new FoleyError("bad-file", `"${source}" holds no ${what}.`, { hint: "Is it the right one?" });
}
