/** Event files: written and read again, in every form that is understood, and what is wrong named with its row. */
import { createRandom, type EventTrack, FoleyError } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { readEvents } from "./read-events.js";
import { writeEvents } from "./write-events.js";

const random = createRandom(5, "events.test");
const track: EventTrack = Array.from({ length: 40 }, (_, i) => ({
  time: Math.round(random.uniform() * 1e5) / 1e4,
  strength: Math.max(0.001, Math.round(random.uniform() * 1000) / 1000),
  ...(i % 2 === 0 && { place: { x: i / 40, y: (40 - i) / 40 } }),
  ...(i % 3 === 0 && { kind: ["hit", 'a "thing", falls', "=1+1", "Schlag\nauf Holz"][i % 4] as string }),
  source: (["encoder", "person", "file"] as const)[i % 3] as "file",
})).sort((a, b) => a.time - b.time);

describe("a track", () => {
  it("is the same when it is read again, from JSON and from CSV", () => {
    expect(readEvents(writeEvents(track, "json", { clip: "a clip.mp4" }))).toEqual(track);
    expect(readEvents(writeEvents(track, "csv"))).toEqual(track);
    expect(readEvents(writeEvents([], "json"))).toEqual([]);
    expect(readEvents(writeEvents([], "csv"))).toEqual([]);
    expect(JSON.parse(writeEvents(track, "json", { clip: "a clip.mp4" }))).toMatchObject({ version: 1, clip: "a clip.mp4" });
  });
  it("has no formula for a spreadsheet to run", () => {
    expect(writeEvents([{ time: 1, strength: 1, kind: '=HYPERLINK("x")', source: "file" }], "csv")).toContain(
      `"'=HYPERLINK(""x"")"`,
    );
  });
});

describe("forms of a file", () => {
  const plain = (time: number, strength = 1) => ({ time, strength, source: "file" });
  it.each([
    ["[0.5, 1.2]", [plain(0.5), plain(1.2)]],
    ['\uFEFF[{"time": 0.5}]', [plain(0.5)]],
    ['{"events": [{"time": 0.5, "strength": 0.25}]}', [plain(0.5, 0.25)]],
    // As a rendered scene writes it; what lies outside of the picture has no place there.
    [
      '{"seed": 3, "events": [{"time": 0.5, "kind": "hit", "velocity": 0.7, "x": 0.25, "y": 0.5, "visible": true}, {"time": 1, "velocity": 1, "x": 1.5, "y": 0.5, "visible": false}]}',
      [{ ...plain(0.5, 0.7), kind: "hit", place: { x: 0.25, y: 0.5 } }, plain(1)],
    ],
    ["0.5\n1.2\n", [plain(0.5), plain(1.2)]],
    ["time\r\n0.5\r\n\r\n1.2", [plain(0.5), plain(1.2)]],
    ["kind,Time,note\nhit,0.5,mine\n,1.2,\n", [{ ...plain(0.5), kind: "hit" }, plain(1.2)]],
    ["time,strength,x,y\n0.5,0.5,,\n1.2,1,0.1,0.9", [plain(0.5, 0.5), { ...plain(1.2), place: { x: 0.1, y: 0.9 } }]],
    // Whoever adds a line need not look for its place.
    ["1.2\n0.5\n0.7", [plain(0.5), plain(0.7), plain(1.2)]],
    // As a player shows them.
    ["0:00.5\n0:00:01.2", [plain(0.5), plain(1.2)]],
    ["time,kind\n0:01.2,hit", [{ ...plain(1.2), kind: "hit" }]],
    ['["0:01.2"]', [plain(1.2)]],
    ['[{"time": "0:00:01.2"}]', [plain(1.2)]],
    ["", []],
  ])("%j", (text, expected) => {
    expect(readEvents(text, { duration: 4 })).toEqual(expected);
  });
});

describe("what is wrong is named with its row", () => {
  const clip = { duration: 4, frameRate: 25, name: '"e"' };
  it.each([
    ["time beyond", "[1, 5.5]", /^Event 2 of "e" has 5\.5 as time; the clip lasts 4 s\. Correct it/],
    ["time before", "time\n1\n-0.5\n", /^Line 3 of "e" has -0\.5 as time; seconds from the start of the clip were expected/],
    ["not a number", "time\nNaN\n", /^Line 2 of "e" has "NaN" as time/],
    ["endless", "time\nInfinity\n", /^Line 2 of "e" has Infinity as time/],
    ["no time", '[{"strength": 1}]', /^Event 1 of "e" has nothing as time/],
    ["null", "[0.5, null]", /^Event 2 of "e" is null; seconds or/],
    ["an empty field", "time,strength\n,1\n", /^Line 2 of "e" has nothing as time/],
    ["milliseconds", "[500, 1500, 3900]", /^Event 1 of "e" has 500 as time; the clip lasts 4 s\. This looks like milliseconds/],
    ["milliseconds with fractions", "[500.5, 1500.2]", /milliseconds: divide by 1000/],
    ["frames", "0\n3\n12\n99\n", /^Line 3 of "e" has 12 as time.* This looks like frames: divide by 25/],
    ["timecode", "time\n00:00:01:12\n", /^Line 2 of "e" has "00:00:01:12" as time/],
    [
      "too strong",
      '[{"time": 1, "strength": 90}]',
      /^Event 1 of "e" has 90 as strength; more than 0 and at most 1 was expected\. Divide/,
    ],
    ["strength of nothing", "time,strength\n1,0\n", /^Line 2 of "e" has 0 as strength/],
    ["strength in words", "time,strength\n1,loud\n", /^Line 2 of "e" has "loud" as strength/],
    ["place in pixels", "time,x,y\n1,320,0.5\n", /^Line 2 of "e" has 320, 0\.5 as place.* Divide pixels/],
    ["half a place", "time,x,y\n1,0.5,\n", /^Line 2 of "e" has 0\.5, nothing as place/],
    ["an unknown source", '[{"time": 1, "source": "me"}]', /^Event 1 of "e" has "me" as source/],
    ["a kind that is none", '[{"time": 1, "kind": 7}]', /^Event 1 of "e" has 7 as kind/],
    ["decimal commas", "0,53\n1,12\n", /^Line 1 of "e" has 2 fields; 1 was expected\. Write decimals with a point/],
    ["decimal commas in quotes", 'time\n"0,53"\n', /^Line 2 of "e" has "0,53" as time/],
    [
      "semicolons",
      "time;strength\n1;1\n",
      /^Line 1 of "e" is "time;strength"; a column "time" was expected\. .*separate by commas/,
    ],
    ["another table", "start,end\n1,2\n", /a column "time" was expected/],
    ["a field too many", "time,strength\n1,1,1\n", /^Line 2 of "e" has 3 fields; 2 were expected/],
    ["an open quote", 'time,kind\n1,"hit\n', /^Line 2 of "e" has a quote that is not closed/],
    ["no JSON", '{"events": [0.5', /"e" is no JSON/],
    ["no list", '{"event": [0.5]}', /"e" holds no list of events/],
    ["tomorrow's file", '{"version": 2, "events": []}', /"e" has version 2; 1 is the newest/],
  ])("%s", (_, text, message) => {
    expect(() => readEvents(text, clip)).toThrow(message);
    expect(() => readEvents(text, clip)).toThrow(FoleyError);
  });
  it("a hundred thousand rows, at once", () => {
    const many = Array.from({ length: 1e5 }, (_, i) => i / 1e5);
    for (const text of [JSON.stringify(many), many.join("\n")]) {
      const begun = performance.now();
      expect(() => readEvents(text, clip)).toThrow(/"e" has more than 20000 events/);
      expect(performance.now() - begun).toBeLessThan(2000);
    }
    expect(readEvents(JSON.stringify(many.slice(0, 20_000)), clip)).toHaveLength(20_000);
  });
  it("says nothing of what it cannot know", () => {
    expect(readEvents("[500, 1500]")).toHaveLength(2);
    expect(readEvents("[4.04]", clip)).toHaveLength(1);
  });
});
