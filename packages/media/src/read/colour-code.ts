/**
 * The matrix of a picture by its code (ISO/IEC 23091-2 §8.3): that of the container, `colr` in mp4 and mov, `Colour` in Matroska, else that of the
 * stream. The muxing library knows five of the codes and is silent about the others.
 */
import type { InputVideoTrack } from "mediabunny";
import type { ColourTags } from "../picture/colour.js";
import { boxesIn, boxName, findBox, insideOf } from "./boxes.js";
import type { MatroskaHead } from "./matroska-head.js";
import { streamMatrix } from "./stream/stream-matrix.js";

/** Names as WebCodecs has them, and for what it does not name the names of FFmpeg. */
const names: Readonly<Record<number, string>> = {
  0: "rgb",
  1: "bt709",
  4: "fcc",
  5: "bt470bg",
  6: "smpte170m",
  7: "smpte240m",
  8: "ycgco",
  9: "bt2020-ncl",
  10: "bt2020-ncl",
};

/** The code of those who do not say which. */
const UNSPECIFIED = 2;

/** Colour tags of a track. */
export interface FoundColour extends ColourTags {
  /** Code of the matrix, of those that the muxing library does not find by itself. */
  readonly code?: number | undefined;
}

/** Colour tags of a track: what its container says comes before what its stream says (ISO/IEC 14496-12 §12.1.5). */
export async function colourTags(
  track: InputVideoTrack,
  index: DataView | undefined,
  head: MatroskaHead | undefined,
): Promise<FoundColour> {
  const { matrix, fullRange } = await track.getColorSpace();
  const contained = specified(index ? codeOf(index, track.id) : head?.matrices.get(track.id));
  const code = contained ?? (matrix ? undefined : specified(await streamMatrix(track)));
  return { matrix: code === undefined ? matrix : names[code], fullRange, code };
}

const specified = (code: number | undefined): number | undefined => (code === UNSPECIFIED ? undefined : code);

/** Where the boxes of a picture's sample entry begin, after those fields that all have (ISO/IEC 14496-12 §12.1.3). */
const ENTRY_FIELDS = 78;

function codeOf(index: DataView, id: number): number | undefined {
  const { from, to } = insideOf(index);
  for (const track of boxesIn(index, from, to)) {
    const header = track.type === "trak" ? findBox(index, track, "tkhd") : undefined;
    if (!header || index.getUint32(header.from + (index.getUint8(header.from) === 1 ? 20 : 12)) !== id) continue;
    const table = findBox(index, track, "mdia", "minf", "stbl", "stsd");
    const [entry] = table ? boxesIn(index, table.from + 8, table.to) : [];
    // There may be others, with a profile.
    for (const colour of entry ? boxesIn(index, entry.from + ENTRY_FIELDS, entry.to) : [])
      if (colour.type === "colr" && colour.from + 10 <= colour.to && boxName(index, colour.from).startsWith("ncl"))
        return index.getUint16(colour.from + 8);
    return undefined;
  }
  return undefined;
}
