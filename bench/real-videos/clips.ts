/** A folder of filmed clips: its `index.json`, checked, in the form that `README.md` here describes. */
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";

/** One filmed clip, and when things audibly touch in it. */
export interface FilmedClip {
  /** File name in the folder. */
  readonly file: string;
  readonly kind: string;
  readonly prompt: string;
  /** When things touch, seconds. */
  readonly contacts: readonly number[];
  /** How much of the clip is looked at and listened to, seconds. */
  readonly seconds: number;
  readonly path: string;
}

/** Of longer clips only so much was marked, seconds. */
const MARKED_SECONDS = 8;

/** Kinds that are shown and do not count: their sound does not come from things that touch in the picture. */
const NOT_COUNTED: ReadonlySet<string> = new Set(["gun", "ice", "scrape"]);

/** Whether a clip counts towards the score. */
export const counts = ({ kind }: Pick<FilmedClip, "kind">): boolean => !NOT_COUNTED.has(kind);

/**
 * Reads a folder.
 *
 * @throws FoleyError `bad-file` for a missing index or an entry that lacks something, which it names
 */
export async function readClips(folder: string): Promise<readonly FilmedClip[]> {
  const path = join(folder, "index.json");
  const hint = "bench/real-videos/README.md says what a folder holds.";
  const entries = await readJsonFile(path, { hint });
  if (!Array.isArray(entries)) throw new FoleyError("bad-file", `"${path}" is no list of clips.`, { hint });
  return entries.map((entry: Partial<FilmedClip> | null, index) => {
    const { file, kind, prompt, contacts, seconds } = entry ?? {};
    const texts = [file, kind, prompt].every((text) => typeof text === "string");
    const times = Array.isArray(contacts) && contacts.every((time) => Number.isFinite(time) && time >= 0);
    if (!texts || !times || !(typeof seconds === "number" && seconds > 0))
      throw new FoleyError("bad-file", `Clip ${index} of "${path}" lacks file, kind, prompt, contacts or seconds.`, { hint });
    const clip = entry as FilmedClip;
    return { ...clip, seconds: Math.min(clip.seconds, MARKED_SECONDS), path: join(folder, clip.file) };
  });
}

/** Another clip whose picture lasts as long: of another kind if there is one, the next in the list. */
export function otherClip(clip: FilmedClip, clips: readonly FilmedClip[]): FilmedClip | undefined {
  const at = clips.indexOf(clip);
  const others = [...clips.slice(at + 1), ...clips.slice(0, at)].filter(counts);
  const foreign = others.filter(({ kind }) => kind !== clip.kind);
  const from = foreign.length > 0 ? foreign : others;
  return from.find(({ seconds }) => seconds >= clip.seconds) ?? [...from].sort((a, b) => b.seconds - a.seconds)[0];
}
