/** Benchmarks from a folder and its list. Every file is looked up among those that are in the folder: no name of a list reaches outside. */
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readTextFile } from "@foley-control/files/node";
import { detectListFormat, type ListedClip, MAXIMUM_LIST_CHARACTERS, parseList } from "@foley-control/media";
import {
  type Benchmark,
  type BenchmarkClip,
  type BenchmarkLayout,
  benchmarkLayout,
  type MissingFile,
} from "../evaluate/benchmark.js";
import { clipName, SOUND_ENDINGS, VIDEO_ENDINGS } from "./media-files.js";

/** Options of {@link readBenchmark}. */
export interface ReadBenchmarkOptions {
  /** Folder of the videos and sounds, at any depth. Of several files of a name the first in the order of their paths counts. */
  readonly folder: string;
  /** Path of the list. Default: the one of a usual name in the folder. */
  readonly list?: string | undefined;
}

/** Largest text file with times that is read, bytes. */
const MAXIMUM_TIMES_BYTES = 1 << 20;

/**
 * Reads a benchmark: `moviegen`, `vggsound`, `kinetics-700`, `audiocaps` or `greatest-hits`. What the list names and the folder lacks is
 * listed; videos of data sets of links vanish, so a few are normal.
 *
 * @param layout - Id of `benchmarkLayouts`, or a layout of your own.
 * @throws FoleyError `not-found` for a folder or a list that is not there, `bad-file` for a list of another format, one that is damaged or
 * that names a clip twice, `invalid-argument` for an unknown layout.
 * @example
 * ```ts
 * const { clips, missing } = await readBenchmark("vggsound", { folder: "VGGSound/video", list: "test.csv" });
 * const reports = await evaluateFolders({ clips, generated: { mine: "made" }, preset: "vggsound", … });
 * ```
 */
export async function readBenchmark(layout: string | BenchmarkLayout, options: ReadBenchmarkOptions): Promise<Benchmark> {
  const known = typeof layout === "string" ? benchmarkLayout(layout) : layout;
  const files = await filesIn(options.folder);
  const list = options.list ?? listIn(files, known, options.folder);
  const listed = listedClips(await readTextFile(list, { limit: MAXIMUM_LIST_CHARACTERS }), basename(list), known);
  const clips: BenchmarkClip[] = [];
  const missing: MissingFile[] = [];
  const taken = new Set<string>();
  for (const { id, clip, marked } of listed) {
    if (taken.has(id))
      throw new FoleyError("bad-file", `${basename(list)} names the clip "${id}" twice.`, {
        hint: "Keep one line of each clip; for several captions use a list that numbers them.",
      });
    taken.add(id);
    const found = filesOf(clip, known, files);
    const times = known.onsets === undefined ? undefined : timesOf(clip, known.onsets, files);
    const strokes = times === undefined ? marked : await eventTimes(times);
    const end = found.start + (clip.seconds ?? Number.POSITIVE_INFINITY);
    const onsets = strokes?.filter((time) => time >= found.start && time < end).map((time) => time - found.start);
    for (const what of known.needs)
      if ((what === "onsets" ? onsets : found[what]) === undefined)
        missing.push({ id, what, names: clip.files.map(({ name }) => name) });
    clips.push({ id, ...found, seconds: clip.seconds, caption: clip.texts[0], onsets });
  }
  return { layout: known.id, clips, missing, published: known.published };
}

interface Listed {
  readonly id: string;
  readonly clip: ListedClip;
  /** Events that the list knows of in the whole file, seconds from its beginning. */
  readonly marked: readonly number[] | undefined;
}

function listedClips(text: string, name: string, { id, formats, splits, suffixes }: BenchmarkLayout): readonly Listed[] {
  const format = detectListFormat(text);
  if (format !== undefined && formats.includes(format)) {
    const clips = [...parseList(text, format, name)];
    const inSplit = clips.filter(({ split }) => split === undefined || !splits || splits.includes(split.toLowerCase()));
    if (inSplit.length === 0)
      throw new FoleyError("bad-file", `${name} has no clips${splits ? ` of the split ${splits[0]}` : ""}.`, {
        hint: "Give the list of the part that is evaluated.",
      });
    const marks = new Map<string, number[]>();
    for (const { files, events } of clips) {
      const [file] = files;
      if (!file || !events) continue;
      const known = marks.get(file.name) ?? [];
      marks.set(file.name, [...known, ...events.map((time) => time + file.start)]);
    }
    return inSplit.map((clip) => {
      const { name: file = "", start = 0 } = clip.files[0] ?? {};
      // Several clips of one file are told apart by where they begin, in milliseconds.
      const isPart = clip.files.every((one) => one.start === start) && clip.events !== undefined;
      return { id: isPart ? `${clipName(file)}_${Math.round(start * 1000)}` : clipName(file), clip, marked: marks.get(file) };
    });
  }
  if (format !== undefined || !formats.includes("names"))
    throw new FoleyError(
      "bad-file",
      `${name} is ${format === undefined ? "no list of a known format" : `a list of ${format}`}; the benchmark ${id} has lists of ${formats.join(" or ")}.`,
      {
        hint: "Give the list that the benchmark is published with.",
      },
    );
  const names = text.split(/\r?\n/).flatMap((line) => (line.trim() === "" || line.startsWith("#") ? [] : [line.trim()]));
  return names.map((line) => {
    const stem = suffixes.reduce(
      (rest, suffix) => (suffix !== "" && rest.endsWith(suffix) ? rest.slice(0, -suffix.length) : rest),
      clipName(line),
    );
    return {
      id: stem,
      clip: { files: suffixes.map((suffix) => ({ name: stem + suffix, start: 0 })), texts: [] },
      marked: undefined,
    };
  });
}

/** Paths of the files of a folder by ending group and stem. */
interface Files {
  readonly video: ReadonlyMap<string, string>;
  readonly audio: ReadonlyMap<string, string>;
  readonly text: ReadonlyMap<string, string>;
  /** Files directly in the folder. */
  readonly top: ReadonlySet<string>;
}

async function filesIn(folder: string): Promise<Files> {
  const found = { video: new Map<string, string>(), audio: new Map<string, string>(), text: new Map<string, string>() };
  let paths: string[];
  try {
    paths = await readdir(folder, { recursive: true });
  } catch (cause) {
    throw new FoleyError("not-found", `The folder ${folder} cannot be read.`, { hint: "Check its path.", cause });
  }
  for (const path of paths.sort()) {
    const ending = extname(path).toLowerCase();
    const kind = VIDEO_ENDINGS.includes(ending) ? "video" : SOUND_ENDINGS.includes(ending) ? "audio" : "text";
    const stem = clipName(path);
    if (!stem.startsWith(".") && (kind !== "text" || ending === ".txt") && !found[kind].has(stem))
      found[kind].set(stem, join(folder, path));
  }
  return { ...found, top: new Set(paths) };
}

function listIn({ top }: Files, { id, lists }: BenchmarkLayout, folder: string): string {
  const found = lists.find((name) => top.has(name));
  if (found === undefined)
    throw new FoleyError("not-found", `${folder} has no list of the benchmark ${id}.`, {
      hint: `Give the path of the list; usual names are ${lists.join(", ")}.`,
    });
  return join(folder, found);
}

/** The files that hold a clip: those of the first name that any of what is needed is there of. */
function filesOf(
  { files }: ListedClip,
  { trueSound, needs }: BenchmarkLayout,
  { video: videos, audio: sounds }: Files,
): Pick<BenchmarkClip, "video" | "audio" | "start"> {
  let best: Pick<BenchmarkClip, "video" | "audio" | "start"> = { start: files[0]?.start ?? 0 };
  let most = 0;
  for (const { name, start } of files) {
    const stem = clipName(name);
    const video = videos.get(stem);
    const audio = trueSound ? (sounds.get(stem) ?? video) : undefined;
    const has = [needs.includes("video") && video, needs.includes("audio") && audio].filter(Boolean).length;
    if (has > most) [most, best] = [has, { video, audio, start }];
  }
  return best;
}

function timesOf({ files }: ListedClip, suffix: string, { text }: Files): string | undefined {
  return files.map(({ name }) => text.get(clipName(name) + suffix)).find((path) => path !== undefined);
}

/** Each line begins with seconds. */
async function eventTimes(path: string): Promise<readonly number[]> {
  const lines = (await readTextFile(path, { limit: MAXIMUM_TIMES_BYTES })).split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const time = Number(line.trim().split(/[\s,]+/)[0]);
    if (!(time >= 0 && Number.isFinite(time)))
      throw new FoleyError("bad-file", `Line ${index + 1} of ${basename(path)} does not begin with seconds.`, {
        hint: "Expected one line per event: its time, then what it is.",
      });
    return [time];
  });
}
