/** What can be saved of a clip, and under which name. Knows containers by their rules alone, so that nothing large is loaded to show a list. */

import { containerOf, type VideoContainer } from "@foley-control/media";

/** A container of video, or a file of sound. */
export type DeliverFormat = VideoContainer | "wav" | "flac";

/** Pictures that a container holds without encoding them again. */
const PICTURES: Readonly<Record<"mp4" | "mov" | "webm", readonly string[]>> = {
  mp4: ["avc", "hevc", "av1", "vp9"],
  mov: ["avc", "hevc", "prores", "av1", "vp9"],
  webm: ["vp8", "vp9", "av1"],
};

const TYPES: Readonly<Record<DeliverFormat, string>> = {
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  mkv: "video/x-matroska",
  wav: "audio/wav",
  flac: "audio/flac",
};

/** The formats of a clip, that of the source first. Without a clip, sound alone. */
export function formatsOf(clip: { readonly name: string; readonly codec: string } | undefined): readonly DeliverFormat[] {
  const videos: DeliverFormat[] = [];
  if (clip !== undefined) {
    const own = containerOf(clip.name);
    const fitting = (["mp4", "mov", "webm", "mkv"] as const).filter((one) => one === "mkv" || PICTURES[one].includes(clip.codec));
    videos.push(...fitting.filter((one) => one === own), ...fitting.filter((one) => one !== own));
  }
  return [...videos, "wav", "flac"];
}

/** The MIME type. */
export const typeOf = (format: DeliverFormat): string => TYPES[format];

/** A name for the file: that of the project without what file systems refuse, and without the ending of the source. */
export function fileName(project: string, format: DeliverFormat): string {
  const bare = containerOf(project) === undefined ? project : project.replace(/\.[^.]*$/, "");
  const safe = bare
    .replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return `${safe === "" ? "foley" : safe} foley.${format}`;
}
