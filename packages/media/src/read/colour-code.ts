/**
 * The matrix of a picture by its code (ISO/IEC 23091-2 §8.3) where the container tags it: `colr` in mp4 and mov, `Colour` in Matroska. The
 * muxing library knows five of the codes and is silent about the others.
 */
import type { InputVideoTrack } from "mediabunny";
import type { ColourTags } from "../picture/colour.js";
import { boxesIn, findBox, insideOf } from "./boxes.js";
import type { MatroskaHead } from "./matroska-head.js";

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

/** Colour tags of a track; the container's code where the library has none. */
export async function colourTags(
  track: InputVideoTrack,
  index: DataView | undefined,
  head: MatroskaHead | undefined,
): Promise<ColourTags> {
  const { matrix, fullRange } = await track.getColorSpace();
  const code = index ? codeOf(index, track.id) : head?.matrices.get(track.id);
  return { matrix: matrix ?? (code === undefined ? undefined : names[code]), fullRange };
}

/** Where the boxes of a picture's sample entry begin, after those fields that all have (ISO/IEC 14496-12 §12.1.3). */
const ENTRY_FIELDS = 78;

function codeOf(index: DataView, id: number): number | undefined {
  const { from, to } = insideOf(index);
  for (const track of boxesIn(index, from, to)) {
    const header = track.type === "trak" ? findBox(index, track, "tkhd") : undefined;
    if (!header || index.getUint32(header.from + (index.getUint8(header.from) === 1 ? 20 : 12)) !== id) continue;
    const table = findBox(index, track, "mdia", "minf", "stbl", "stsd");
    const [entry] = table ? boxesIn(index, table.from + 8, table.to) : [];
    const colour = entry && findBox(index, { from: entry.from + ENTRY_FIELDS, to: entry.to }, "colr");
    return colour && colour.from + 10 <= colour.to ? index.getUint16(colour.from + 8) : undefined;
  }
  return undefined;
}
