/** Edit lists as windows: the standard's cases, one by one. */
import { describe, expect, it } from "vitest";
import { viewOf } from "./boxes.js";
import { editWindows } from "./edit-lists.js";

const u32 = (...values: readonly number[]): number[] =>
  values.flatMap((value) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const box = (type: string, ...content: readonly number[][]): number[] => {
  const inside = content.flat();
  return [...u32(8 + inside.length), ...Array.from(type, (letter) => letter.charCodeAt(0)), ...inside];
};
type Entry = readonly [duration: number, media: number, rate?: number];

/** An index of one track, number 7, with a movie of 1000 and a medium of 48,000 ticks per second. */
function index(entries: readonly Entry[] | undefined, more: number[] = []): DataView {
  const list = entries?.flatMap(([duration, media, rate = 1]) => u32(duration, media, rate * 65536)) ?? [];
  const edits = entries ? box("edts", box("elst", u32(0, entries.length), list)) : [];
  const media = box("mdia", box("mdhd", u32(0, 0, 0, 48_000, 0)));
  const track = box("trak", box("tkhd", u32(0, 0, 0, 7, 0, 0)), edits, media);
  return viewOf(new Uint8Array(box("moov", box("mvhd", u32(0, 0, 0, 1000, 0)), track, more)));
}
const window = (entries: readonly Entry[] | undefined, more?: number[]): unknown => editWindows(index(entries, more)).get(7);

describe("edit lists", () => {
  const endless = Number.POSITIVE_INFINITY;
  it.each<readonly [string, readonly Entry[], unknown]>([
    ["one edit", [[1500, 48_000]], { from: 0, to: 1.5 }],
    [
      "one edit behind a pause",
      [
        [480, -1],
        [1500, 1024],
      ],
      { from: 0.48, to: 1.98 },
    ],
    ["an edit without a length", [[0, 1024]], { from: 0, to: endless }],
    [
      "pieces that follow each other in the medium",
      [
        [500, 48_000],
        [1000, 72_000],
      ],
      { from: 0, to: 1.5 },
    ],
    [
      "a pause at the end",
      [
        [1500, 0],
        [500, -1],
      ],
      { from: 0, to: 1.5 },
    ],
    ["nothing but a pause", [[500, -1]], { from: Number.NEGATIVE_INFINITY, to: endless }],
    [
      "pieces with something left out",
      [
        [500, 0],
        [500, 48_000],
      ],
      "several",
    ],
    [
      "a piece played again",
      [
        [500, 0],
        [500, 0],
      ],
      "several",
    ],
    [
      "a pause between two pieces",
      [
        [500, 0],
        [100, -1],
        [500, 24_000],
      ],
      "several",
    ],
    ["half the speed", [[1500, 0, 0.5]], "speed"],
    [
      "a frame that stands still",
      [
        [500, 0],
        [1500, 24_000, 0],
      ],
      "speed",
    ],
  ])("%s", (_, entries, expected) => {
    const found = window(entries);
    if (typeof expected === "string") expect(found).toBe(expected);
    else expect(found).toMatchObject(expected as object);
  });
  it("are missing where a track has none, and have no end in a fragmented file", () => {
    expect(window(undefined)).toBeUndefined();
    expect(window([[1500, 48_000]], box("mvex"))).toMatchObject({ from: 0, to: endless });
  });
  it("that claim more entries than they hold are read as far as they go", () => {
    const view = index([[1500, 48_000]]);
    const at = Buffer.from(view.buffer).indexOf("elst");
    view.setUint32(at + 8, 0xffff_ffff);
    expect(editWindows(view).get(7)).toMatchObject({ from: 0, to: 1.5 });
  });
});
