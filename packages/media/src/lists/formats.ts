/** The formats of lists by name, and which one a text is in. */
import { FoleyError } from "@foley-control/core";
import { parseAudioCaps } from "./audiocaps.js";
import { parseAudioSet } from "./audioset.js";
import { parseGreatestHits } from "./greatest-hits.js";
import { parseKinetics } from "./kinetics.js";
import type { ListedClip } from "./listed-clip.js";
import { parseMovieGen } from "./moviegen.js";
import { parseClipCsv, parseClipJsonl } from "./table.js";
import { parseVggSound } from "./vggsound.js";

/** A format of lists. */
export type ListFormat = "csv" | "jsonl" | "kinetics" | "vggsound" | "audioset" | "audiocaps" | "moviegen" | "greatest-hits";

type Parser = (text: string, name: string, labels?: ReadonlyMap<string, string>) => Generator<ListedClip, void, undefined>;

const parsers: Readonly<Record<ListFormat, Parser>> = {
  csv: parseClipCsv,
  jsonl: parseClipJsonl,
  kinetics: parseKinetics,
  vggsound: parseVggSound,
  audioset: (text, name, labels) => {
    if (labels) return parseAudioSet(text, name, labels);
    throw new FoleyError("invalid-argument", `${name} is a list of AudioSet, whose classes are ids; their names are missing.`, {
      hint: "Give class_labels_indices.csv of AudioSet too.",
    });
  },
  audiocaps: parseAudioCaps,
  moviegen: parseMovieGen,
  "greatest-hits": parseGreatestHits,
};

/** Every format of lists. */
export const LIST_FORMATS = Object.keys(parsers) as readonly ListFormat[];

/** The format that the beginning of a text shows; `undefined` when it is none. */
export function detectListFormat(text: string): ListFormat | undefined {
  const lines = text
    .slice(0, 100_000)
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  const first = (lines.find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "").trim();
  if (first.startsWith("{")) return /"audio_prompt"\s*:/.test(first) ? "moviegen" : "jsonl";
  const header = first
    .toLowerCase()
    .split(",")
    .map((field) => field.trim().replaceAll('"', ""));
  if (header.includes("video")) return "csv";
  if (header.includes("youtube_id") && header.includes("time_start")) return "kinetics";
  if (header.includes("occurring_time")) return "greatest-hits";
  if (header.includes("caption") && (header.includes("audiocap_id") || header.includes("name"))) return "audiocaps";
  if (/^[\w-]{11}, *[\d.]+, *[\d.]+, *"/.test(first)) return "audioset";
  if (/^[\w-]{11},\d+,.+,(?:train|test)$/.test(first) || /^[\w-]{11}_\d{6}\.mp4,/.test(first)) return "vggsound";
  if (/^id\tlabel$/.test(first)) return "vggsound";
  return undefined;
}

/**
 * Reads a list.
 *
 * @param name - of the list, for messages
 * @param labels - names of AudioSet's classes
 * @throws FoleyError `bad-file` naming the line; `invalid-argument` when AudioSet's labels are missing
 */
export function parseList(
  text: string,
  format: ListFormat,
  name: string,
  labels?: ReadonlyMap<string, string>,
): Generator<ListedClip, void, undefined> {
  return parsers[format](text, name, labels);
}
