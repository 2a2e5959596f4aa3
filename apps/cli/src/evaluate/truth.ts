/** What systems are compared with, clip by clip: files of folders, and what lies beside them. */
import { basename, extname } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readSmallFile, readTextFile } from "@foley-control/files/node";
import { detectListFormat, MAXIMUM_LIST_CHARACTERS, parseList } from "@foley-control/media";
import { type BenchmarkClip, clipName, folderClips, type TruthFolders } from "@foley-control/metrics/node";
import { mergeOnsets } from "@foley-control/signal";
import { hasSharpOnset } from "../events/event-file.js";

/** Contacts closer than this are heard as one. */
const MERGE_SECONDS = 0.04;
/** Largest file beside a clip that is read, bytes. */
const MAXIMUM_BESIDE_BYTES = 1 << 22;

/** The clips of the folders with what lies beside them. Captions of `captions` go before those. */
export async function truthOf(folders: TruthFolders, captions: ReadonlyMap<string, string>): Promise<readonly BenchmarkClip[]> {
  const clips: BenchmarkClip[] = [];
  for (const clip of await folderClips(folders)) {
    const { caption, onsets } = await readBeside(clip.audio, clip.video);
    clips.push({ ...clip, caption: captions.get(clip.id) ?? caption, onsets });
  }
  return clips;
}

/** What `NAME.txt` and `NAME.json` beside one of the files say. */
async function readBeside(
  ...paths: readonly (string | undefined)[]
): Promise<{ readonly caption: string | undefined; readonly onsets: readonly number[] | undefined }> {
  let caption: string | undefined;
  let onsets: readonly number[] | undefined;
  for (const path of new Set(paths.filter((one) => one !== undefined))) {
    const stem = path.slice(0, path.length - extname(path).length);
    const small = (ending: string) => readSmallFile(`${stem}.${ending}`, MAXIMUM_BESIDE_BYTES);
    const found = parsed(await small("json"));
    const said = [await small("txt"), found?.["caption"]].find((one) => typeof one === "string" && one.trim() !== "");
    caption ??= (said as string | undefined)?.trim();
    onsets ??= contactsOf(found?.["events"]);
  }
  return { caption, onsets };
}

/** Times of events that begin sharply. Where there are none (rain, an engine) the sound itself must tell, as for systems. */
function contactsOf(events: unknown): readonly number[] | undefined {
  if (!Array.isArray(events)) return undefined;
  const times = events
    .filter((event: unknown) => hasSharpOnset((event as { kind?: unknown } | null)?.kind))
    .map((event: unknown) => (event as { time?: unknown } | null)?.time)
    .filter((time): time is number => typeof time === "number" && time >= 0 && Number.isFinite(time));
  return times.length === 0
    ? undefined
    : mergeOnsets(
        times.sort((a, b) => a - b),
        MERGE_SECONDS,
      );
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // Some other program's file: it says nothing about the clip.
  }
}

/**
 * Captions of a list, by the name of the clip without ending; of several captions the first.
 *
 * @throws FoleyError `bad-file` when the list cannot be read or is in no known format.
 */
export async function readCaptions(path: string): Promise<ReadonlyMap<string, string>> {
  const what = `The list of captions "${path}"`;
  const hint = "Give a CSV with the columns name,caption, or JSON lines with video and text.";
  const text = await readTextFile(path, { limit: MAXIMUM_LIST_CHARACTERS, what, hint });
  const format = detectListFormat(text);
  if (format === undefined) throw new FoleyError("bad-file", `${what} is in no known format.`, { hint });
  const captions = new Map<string, string>();
  for (const { files, texts } of parseList(text, format, basename(path)))
    for (const { name } of files) {
      const stem = clipName(name);
      if (texts[0] !== undefined && !captions.has(stem)) captions.set(stem, texts[0]);
    }
  return captions;
}
