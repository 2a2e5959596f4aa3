/** Where clips come from: a folder of videos, a list, a tar archive of a WebDataset, or entries that something else has made. */
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { FoleyError, type PlainTensor, type VideoEncoder } from "@foley-control/core";
import { digestFile, notReadable, readSmallFile, readTextFile, sha256 } from "@foley-control/files/node";
import {
  type AudioInfo,
  detectListFormat,
  type Frame,
  type FramesOptions,
  LIST_FORMATS,
  type ListFormat,
  MAXIMUM_LIST_CHARACTERS,
  type Pcm,
  parseAudioSetLabels,
  parseList,
  type VideoInfo,
} from "@foley-control/media";
import { openMedia } from "@foley-control/media/node";
import { tarEntries, tarSamples } from "../../data/tar.js";

/** Extensions of videos, in the order in which one is preferred when a list gives a stem alone. */
export const VIDEO_EXTENSIONS = [".mp4", ".mkv", ".webm", ".mov", ".m4v", ".ts", ".avi"] as const;
/** Largest video inside a tar archive, bytes: it is read into memory. */
const MAXIMUM_TAR_VIDEO_BYTES = 1 << 30;
/** Longest caption that is read from a file beside a video, bytes. */
const MAXIMUM_CAPTION_BYTES = 1 << 16;

/** Picture and sound of a file, as far as clips are made of them; an opened media file is one. */
export interface ClipMedia extends Disposable {
  /** What is known without decoding. */
  readonly info: {
    readonly video: Pick<VideoInfo, "duration" | "start" | "fps" | "width" | "height"> | undefined;
    readonly audio: Pick<AudioInfo, "duration" | "start" | "sampleRate"> | undefined;
  };
  /** The sound at its own rate. */
  audio(span: ClipSpan): Promise<Pcm>;
  /** `fps` pictures a second, each the one that is shown at its time, `size` = [height, width], the whole picture stretched over it. */
  frames(
    options: ClipSpan &
      Pick<FramesOptions, "takes"> & {
        readonly fps: number;
        readonly size: readonly [number, number];
        readonly fit: "fill";
      },
  ): AsyncIterable<ClipFrame> | Iterable<ClipFrame>;
  /** The tokens of the whole clip, where they are known without looking at it: [1, steps, tokenWidth]. */
  tokens?(encoder: VideoEncoder, steps: number): PlainTensor<"float32">;
}

type ClipFrame = Pick<Frame, "rgb" | "index"> & Partial<Pick<Frame, "repeated">>;

/** A stretch of a file, seconds. */
interface ClipSpan {
  readonly start: number;
  readonly duration: number;
  readonly signal?: AbortSignal | undefined;
}

/** A file that clips are cut from. */
export interface SourceFile {
  /** Relative to the media folder, with forward slashes. */
  readonly path: string;
  /** Size. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Where it lies on this machine; `undefined` inside an archive. */
  readonly location: string | undefined;
  /** Opens it; the caller disposes of it. */
  open(options: { readonly signal?: AbortSignal | undefined }): Promise<ClipMedia>;
  /** Digest of the content, hexadecimal. */
  sha256(signal?: AbortSignal): Promise<string>;
}

/** An entry of a source. */
export interface SourceEntry {
  /** Name in reports. */
  readonly path: string;
  /** The file; `undefined` when a list names one that is not there. */
  readonly file: SourceFile | undefined;
  /** Where the entry begins in the file, seconds. */
  readonly start: number;
  /** Its length; `undefined` is to the end. */
  readonly seconds: number | undefined;
  /** Captions. */
  readonly texts: readonly string[];
  /** Part of the data set. */
  readonly split?: string | undefined;
  /** Times of events from `start`, seconds. */
  readonly events?: readonly number[] | undefined;
}

/** How a source of clips is opened. */
export interface SourceOptions {
  /** Folder in which the videos of a list lie, at any depth. Default: that of the list. */
  readonly media?: string | undefined;
  /** Format of a list. Default: as its beginning shows. */
  readonly format?: ListFormat | undefined;
  /** `class_labels_indices.csv` of AudioSet. */
  readonly labels?: string | undefined;
  /** Caption of clips that have none: a text, or the name of the file or of its folder. Default: none. */
  readonly caption?: { readonly text: string } | { readonly from: "file" | "folder" } | undefined;
  /** Only entries of this part of the data set. Default: all. */
  readonly split?: string | undefined;
  /** Only every `count`-th entry, from `index` (0 … count − 1): a share for one of several processes. Default: all. */
  readonly share?: { readonly index: number; readonly count: number } | undefined;
}

/**
 * The entries of a folder, of a `.csv`, `.jsonl` or other list, or of a `.tar`, with what the options say of any. Folders give every video at any depth in the order of their
 * paths, with the caption of `NAME.txt`, or of `caption`, `text` or `prompt` in `NAME.json`.
 *
 * @throws FoleyError `bad-file` when the source cannot be read; `invalid-argument` when it is none of these or names nothing
 */
export async function openSource(
  source: string | readonly SourceEntry[],
  options: SourceOptions = {},
): Promise<readonly SourceEntry[]> {
  const [all, name] = typeof source === "string" ? [await fileEntries(source, options), source] : [source, "The source"];
  const entries = options.split === undefined ? all : all.filter(({ split }) => split === options.split);
  if (entries.length === 0) {
    throw new FoleyError(
      "invalid-argument",
      options.split !== undefined && all.length > 0
        ? `${name} has no clips of the part "${options.split}".`
        : `${name} holds no videos.`,
      { hint: `Videos end in ${VIDEO_EXTENSIONS.join(", ")}.` },
    );
  }
  const { index, count } = options.share ?? { index: 0, count: 1 };
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(index) || index < 0 || index >= count) {
    throw new FoleyError("invalid-argument", `options.share is ${index} of ${count}; 0 to count − 1 was expected.`);
  }
  return entries
    .filter((_, place) => place % count === index)
    .map((entry) => ({ ...entry, texts: captions(entry, options.caption) }));
}

async function fileEntries(path: string, options: SourceOptions): Promise<SourceEntry[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw notReadable(`"${path}"`, cause, "Give a folder of videos, a list or a tar archive.");
  });
  if (found.isDirectory()) return folderEntries(path);
  return extname(path).toLowerCase() === ".tar" ? tarSourceEntries(path) : listEntries(path, options);
}

function captions({ texts, path }: SourceEntry, fallback: SourceOptions["caption"]): readonly string[] {
  if (texts.length > 0) return texts;
  if (fallback === undefined) return [""];
  if ("text" in fallback) return [fallback.text];
  const parts = path.split("/");
  const name = fallback.from === "file" ? (parts.at(-1) as string).replace(/\.[^.]*$/, "") : (parts.at(-2) ?? "");
  return [name.replaceAll(/[_-]+/g, " ").trim()];
}

async function folderEntries(root: string): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for (const path of await filesBelow(root)) {
    if (!isVideo(path)) continue;
    const file = await diskFile(root, path);
    if (file) entries.push({ path, file, start: 0, seconds: undefined, texts: await captionBeside(join(root, path)) });
  }
  return entries;
}

const isVideo = (path: string): boolean => (VIDEO_EXTENSIONS as readonly string[]).includes(extname(path).toLowerCase());

/** Files at any depth, sorted, relative with forward slashes; hidden ones and links to folders are left out. */
async function filesBelow(root: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path);
      else files.push(relative(root, path).split(sep).join("/"));
    }
  };
  await walk(root);
  // By code units, so that the order does not depend on the machine's language.
  return files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

async function diskFile(root: string, path: string): Promise<SourceFile | undefined> {
  const absolute = join(root, path);
  const found = await stat(absolute).catch(() => undefined);
  if (!found || found.isDirectory()) return undefined;
  return {
    path,
    bytes: found.size,
    modified: Math.floor(found.mtimeMs),
    location: absolute,
    open: (options) => openMedia(absolute, options),
    sha256: (signal) => digestFile(absolute, { signal }),
  };
}

/** Captions of a video that lie beside it: NAME.txt, else `caption`, `text` or `prompt` of NAME.json. */
export async function captionBeside(video: string): Promise<readonly string[]> {
  const stem = video.slice(0, video.length - extname(video).length);
  const read = (ending: string) => readSmallFile(`${stem}.${ending}`, MAXIMUM_CAPTION_BYTES);
  return captionFrom(await read("txt"), await read("json"));
}

/** Captions of a text file, or of a JSON file that has them under one of their usual names. */
function captionFrom(text: string | undefined, json: string | undefined): readonly string[] {
  if (text !== undefined && text.trim() !== "") return [text.trim()];
  if (json === undefined) return [];
  try {
    const { caption, text: own, prompt } = JSON.parse(json) as Record<string, unknown>;
    const first = [caption, own, prompt].find((value) => typeof value === "string" && value.trim() !== "");
    return first === undefined ? [] : [(first as string).trim()];
  } catch {
    return [];
  }
}

async function listEntries(path: string, options: SourceOptions): Promise<SourceEntry[]> {
  const name = basename(path);
  const text = await readList(path);
  const format = options.format ?? detectListFormat(text);
  if (format === undefined) {
    throw new FoleyError("bad-file", `${name} is no list of a known format.`, {
      hint: `Known are ${LIST_FORMATS.join(", ")}; a list of your own names its columns in its first line, "video" among them.`,
    });
  }
  const labels =
    options.labels === undefined ? undefined : parseAudioSetLabels(await readList(options.labels), basename(options.labels));
  const root = options.media ?? dirname(path);
  if (!(await stat(root).catch(() => undefined))?.isDirectory())
    throw new FoleyError("bad-file", `The media folder ${root} is not there.`, {
      hint: "Name the folder in which the videos lie.",
    });
  const library = await mediaLibrary(root);
  const entries: SourceEntry[] = [];
  for (const clip of parseList(text, format, name, labels)) {
    const { seconds, texts, split, events } = clip;
    let place: { readonly path: string; readonly file: SourceFile; readonly start: number } | undefined;
    for (const { name: wanted, start } of clip.files) {
      const found = library(wanted);
      const file = found === undefined ? undefined : await diskFile(root, found);
      if (!file) continue;
      place = { path: file.path, file, start };
      break;
    }
    const first = clip.files[0] as { readonly name: string; readonly start: number };
    entries.push({ ...(place ?? { path: first.name, file: undefined, start: first.start }), seconds, texts, split, events });
  }
  return entries;
}

const readList = (path: string): Promise<string> =>
  readTextFile(path, { limit: MAXIMUM_LIST_CHARACTERS, hint: "Check the path, or cut it into several lists." });

/** Finds names of lists among the videos of a folder: by path, else by file name, else by stem. Nothing outside the folder is found. */
async function mediaLibrary(root: string): Promise<(name: string) => string | undefined> {
  const byName = new Map<string, string>();
  const rank = (path: string): number => (VIDEO_EXTENSIONS as readonly string[]).indexOf(extname(path).toLowerCase());
  const paths = (await filesBelow(root)).filter(isVideo);
  for (const path of paths) {
    const file = basename(path);
    const stem = file.slice(0, file.length - extname(file).length);
    for (const key of [`/${path}`, file, stem]) {
      const known = byName.get(key);
      if (known === undefined || rank(path) < rank(known)) byName.set(key, path);
    }
  }
  const real = await realpath(root);
  return (name) => {
    const below = relative(real, resolve(real, name)).split(sep).join("/");
    return byName.get(`/${below}`) ?? (name.includes("/") ? undefined : byName.get(name));
  };
}

async function tarSourceEntries(path: string): Promise<SourceEntry[]> {
  const handle = await open(path);
  const { size, mtimeMs } = await handle.stat();
  const read = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  };
  const readEntry = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const file = await open(path);
    try {
      const bytes = new Uint8Array(length);
      await file.read(bytes, 0, length, offset);
      return bytes;
    } finally {
      await file.close();
    }
  };
  try {
    const entries: SourceEntry[] = [];
    for await (const { files } of tarSamples(tarEntries(read, size, basename(path)))) {
      const video = VIDEO_EXTENSIONS.map((extension) => files.get(extension.slice(1))).find((entry) => entry !== undefined);
      if (!video) continue;
      const textOf = async (kind: string): Promise<string | undefined> => {
        const entry = files.get(kind);
        if (!entry || entry.size > MAXIMUM_CAPTION_BYTES) return undefined;
        return new TextDecoder().decode(await read(entry.offset, entry.size));
      };
      const bytes = async (): Promise<Uint8Array<ArrayBuffer>> => {
        if (video.size <= MAXIMUM_TAR_VIDEO_BYTES) return readEntry(video.offset, video.size);
        throw new FoleyError(
          "bad-file",
          `"${video.name}" has ${video.size} bytes; in an archive at most ${MAXIMUM_TAR_VIDEO_BYTES} are read.`,
          {
            hint: "Unpack the archive and give the folder.",
          },
        );
      };
      entries.push({
        path: video.name,
        file: {
          path: video.name,
          bytes: video.size,
          modified: Math.floor(mtimeMs),
          location: undefined,
          open: async (options) => openMedia(await bytes(), options),
          sha256: async () => sha256(await bytes()),
        },
        start: 0,
        seconds: undefined,
        texts: captionFrom(await textOf("txt"), await textOf("json")),
      });
    }
    return entries;
  } finally {
    await handle.close();
  }
}
