/**
 * What a track's edit list lets be seen and heard (ISO/IEC 14496-12 §8.6.6). The muxing library shifts a track by the start of its
 * first edit and knows nothing of where that ends, of further edits, or of other speeds: footage that its owner cut away would come
 * back. So the lists are read here: one edit gives a window; pieces that follow each other in the media are one edit; the rest
 * is refused by a sentence.
 */
import { FoleyError } from "@foley-control/core";
import { type Box, boxesIn, findBox, insideOf } from "./boxes.js";
import type { SourceName } from "./problems.js";
import { EVERYTHING, type TrackWindow } from "./track-window.js";

/** One entry; times in seconds, `media` is `undefined` for an empty edit. */
interface Edit {
  readonly duration: number;
  readonly media: number | undefined;
  readonly rate: number;
}

/** Identifier of a track → the window of its edit list, in the library's time; tracks without a list are missing. */
export function editWindows(index: DataView): Map<number, TrackWindow | "several" | "speed"> {
  const windows = new Map<number, TrackWindow | "several" | "speed">();
  const movie = insideOf(index);
  const movieScale = timescale(index, findBox(index, movie, "mvhd"));
  const fragmented = findBox(index, movie, "mvex") !== undefined;
  for (const track of boxesIn(index, movie.from, movie.to)) {
    if (track.type !== "trak") continue;
    const header = findBox(index, track, "tkhd");
    const list = findBox(index, track, "edts", "elst");
    const mediaScale = timescale(index, findBox(index, track, "mdia", "mdhd"));
    if (!header || !list || !movieScale || !mediaScale) continue;
    const idAt = header.from + (index.getUint8(header.from) === 1 ? 20 : 12);
    if (idAt + 4 > header.to) continue;
    const window = windowOf(editsIn(index, list, movieScale, mediaScale), 1.5 / movieScale);
    // In a fragmented file the list is written before the length is known.
    windows.set(index.getUint32(idAt), typeof window === "object" && fragmented ? { ...window, to: EVERYTHING.to } : window);
  }
  return windows;
}

/** The sentence for a list that is not followed. */
export const editsNotFollowed = (name: SourceName, what: "picture" | "sound", why: "several" | "speed"): FoleyError =>
  new FoleyError(
    "unsupported",
    why === "several"
      ? `The ${what} of ${name} is put together from several pieces by an edit list, which is not followed here.`
      : `The edit list of ${name} plays its ${what} at another speed, which is not followed here.`,
    { hint: "Export it again with the program that cut it, as one piece at normal speed." },
  );

function windowOf(edits: readonly Edit[], slack: number): TrackWindow | "several" | "speed" {
  let from = 0;
  let begin: number | undefined;
  let length = 0;
  let gap = false;
  for (const { duration, media, rate } of edits) {
    if (media === undefined) {
      if (begin === undefined) from += duration;
      else gap = true;
      continue;
    }
    if (rate !== 1) return "speed";
    if (begin === undefined) begin = media;
    else if (gap || length === 0 || Math.abs(begin + length - media) > slack) return "several";
    length += duration;
  }
  if (begin === undefined) return EVERYTHING;
  // A duration of 0 means: to the end.
  return { from, to: length === 0 ? EVERYTHING.to : from + length, slack };
}

function editsIn(index: DataView, list: Box, movieScale: number, mediaScale: number): Edit[] {
  const wide = index.getUint8(list.from) === 1;
  const size = wide ? 20 : 12;
  const edits: Edit[] = [];
  for (let at = list.from + 8, left = index.getUint32(list.from + 4); left > 0 && at + size <= list.to; left--, at += size) {
    const duration = wide ? Number(index.getBigUint64(at)) : index.getUint32(at);
    const media = wide ? Number(index.getBigInt64(at + 8)) : index.getInt32(at + 4);
    const rate = index.getInt32(at + size - 4) / 65536;
    edits.push({ duration: duration / movieScale, media: media === -1 ? undefined : media / mediaScale, rate });
  }
  return edits;
}

/** Ticks per second of an `mvhd` or `mdhd`; 0 when it cannot be read. */
function timescale(index: DataView, box: Box | undefined): number {
  if (!box) return 0;
  const at = box.from + (index.getUint8(box.from) === 1 ? 20 : 12);
  return at + 4 <= box.to ? index.getUint32(at) : 0;
}
