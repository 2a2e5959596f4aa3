/** Lists in the formats of the data sets; the examples are written after their documentation. */
import { FoleyError } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { parseAudioSetLabels } from "./audioset.js";
import { parseCsv } from "./csv.js";
import { detectListFormat, LIST_FORMATS, parseList } from "./formats.js";

const records = (text: string) => [...parseCsv(text, "list")].map(({ fields }) => fields);
const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(FoleyError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("Nothing was thrown.");
};

describe("csv", () => {
  test.each([
    [
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      '\uFEFFa,"b, ""quoted"""\n\nc,',
      [
        ["a", 'b, "quoted"'],
        ["c", ""],
      ],
    ],
    ['a, "b,c" ,d', [["a", "b,c", "d"]]],
    ['"two\nlines",x\n', [["two\nlines", "x"]]],
    ["", []],
    [",\n", [["", ""]]],
  ])("%j", (text, expected) => {
    expect(records(text)).toEqual(expected);
  });
  test("quotes that are not closed, or are followed by more, are named with their line", () => {
    expect(message(() => records('a\n"b'))).toMatch(/^Line 2 of list has a quote that is not closed/);
    expect(message(() => records('a,"b"c'))).toMatch(/^Line 1 of list goes on after the closing quote of field 2/);
  });
  test("line numbers count the lines inside quotes", () => {
    const lines = [...parseCsv('"a\nb"\nc', "list")].map(({ wrong }) => wrong("x", "y").message);
    expect(lines).toEqual(["Line 1 of list x. y", "Line 3 of list x. y"]);
  });
});

const lists = {
  kinetics: `label,youtube_id,time_start,time_end,split
playing guitar,abcdefghijk,20,30,train
"tapping, softly",_-123456789,5,15,validate
`,
  vggsound: `abcdefghijk,3,"playing drum kit",train
_-123456789,100,"people, in a room",test
`,
  audioset: `# Segments csv
# num_ytids=2
# YTID, start_seconds, end_seconds, positive_labels
abcdefghijk, 30.000, 40.000, "/m/aaa,/m/bbb"
_-123456789, 0.000, 9.500, "/m/bbb"
`,
  audiocaps: `audiocap_id,youtube_id,start_time,caption
103549,abcdefghijk,30,"Wind, then rain"
103548,abcdefghijk,30,Weather
`,
  moviegen: `{"id": 1, "video_prompt": "a dog", "audio_prompt": "barking, near"}
{"id": 2, "video_prompt": "a cat", "audio_prompt": "purring", "music_prompt": "jazz"}
`,
  "greatest-hits": `filename,start_time,occurring_time,end_time,material,action,reaction
2015-02-16-16-49-06,1.25,1.5,3.25,wood,hit,static
2015-02-16-16-49-06.mp4,3.25,3.5,5.25,None,scratch,None
`,
  csv: `video,text,start,end,events
clips/a.mp4,"a ball, bouncing",1.5,5.5,0.5 2.25
b.mp4,,,,
`,
  jsonl: `{"video": "a.mp4", "text": "a ball"}
{"video": "b.mp4", "texts": ["one", "two"], "start": 2, "seconds": 4, "split": "val", "events": [0.5]}
`,
} as const;
const labels = parseAudioSetLabels('index,mid,display_name\n0,/m/aaa,"Speech, male"\n1,/m/bbb,Door\n', "labels");
const parsed = (format: (typeof LIST_FORMATS)[number]) => [...parseList(lists[format], format, "list", labels)];

describe("lists", () => {
  test.each(LIST_FORMATS)("%s is recognised", (format) => {
    expect(detectListFormat(lists[format])).toBe(format);
  });
  test("text that is no list is not", () => {
    for (const text of ["", "Dear diary,\nit rained.", "a,b,c\n1,2,3", "<html>"]) expect(detectListFormat(text)).toBeUndefined();
  });
  test("kinetics: the cut clip first, then the whole video", () => {
    expect(parsed("kinetics")).toEqual([
      {
        files: [
          { name: "abcdefghijk_000020_000030", start: 0 },
          { name: "abcdefghijk", start: 20 },
        ],
        seconds: 10,
        texts: ["playing guitar"],
        split: "train",
      },
      {
        files: [
          { name: "_-123456789_000005_000015", start: 0 },
          { name: "_-123456789", start: 5 },
        ],
        seconds: 10,
        texts: ["tapping, softly"],
        split: "validate",
      },
    ]);
    const test = "youtube_id,time_start,time_end,split\nabcdefghijk,20,30,test\n";
    expect([...parseList(test, "kinetics", "list")][0]?.texts).toEqual([]);
  });
  test("vggsound: the whole list, and that of one split", () => {
    expect(parsed("vggsound")[1]).toEqual({
      files: [
        { name: "_-123456789_000100", start: 0 },
        { name: "_-123456789", start: 100 },
      ],
      seconds: 10,
      texts: ["people, in a room"],
      split: "test",
    });
    expect([...parseList("abcdefghijk_000003.mp4,playing drum kit\n", "vggsound", "list")]).toEqual([
      { files: [{ name: "abcdefghijk_000003.mp4", start: 0 }], seconds: 10, texts: ["playing drum kit"] },
    ]);
  });
  test("audioset: classes by name", () => {
    const [first, second] = parsed("audioset");
    expect(first).toMatchObject({ seconds: 10, texts: ["Speech, male, Door"] });
    expect(first?.files.map(({ name, start }) => [name, start])).toEqual([
      ["abcdefghijk_000030_000040", 0],
      ["abcdefghijk_000030", 0],
      ["abcdefghijk", 30],
    ]);
    expect(second).toMatchObject({ seconds: 9.5, texts: ["Door"] });
    expect(message(() => parseList(lists.audioset, "audioset", "list"))).toMatch(/class_labels_indices\.csv/);
    expect(message(() => [...parseList(lists.audioset, "audioset", "list", new Map())])).toMatch(
      /Line 4 of list has the class \/m\/aaa/,
    );
  });
  test("vggsound: tables with tabs, whose labels hold commas", () => {
    const table = "id\tlabel\n_-123456789_000100\tpeople, in a room\n";
    expect(detectListFormat(table)).toBe("vggsound");
    expect([...parseList(table, "vggsound", "list")]).toEqual([
      { files: [{ name: "_-123456789_000100", start: 0 }], seconds: 10, texts: ["people, in a room"] },
    ]);
  });
  test("audiocaps: a clip per caption, or by name", () => {
    const [first, second] = parsed("audiocaps");
    expect(first).toMatchObject({ seconds: 10, texts: ["Wind, then rain"] });
    expect([first, second].map((clip) => clip?.files.map(({ name }) => name))).toEqual([
      ["103549", "abcdefghijk_000030", "abcdefghijk_30", "abcdefghijk", "Yabcdefghijk"],
      ["103548", "abcdefghijk_000030", "abcdefghijk_30", "abcdefghijk", "Yabcdefghijk"],
    ]);
    const part = "name,caption\nYabc.wav,Wind\n";
    expect(detectListFormat(part)).toBe("audiocaps");
    expect([...parseList(part, "audiocaps", "list")]).toEqual([
      { files: [{ name: "Yabc.wav", start: 0 }], seconds: 10, texts: ["Wind"] },
    ]);
  });
  test("moviegen: what should be heard, by number", () => {
    expect(parsed("moviegen")).toEqual([
      { files: [{ name: "1", start: 0 }], texts: ["barking, near"] },
      { files: [{ name: "2", start: 0 }], texts: ["purring"] },
    ]);
  });
  test("greatest hits: a clip per stroke", () => {
    const [first, second] = parsed("greatest-hits");
    expect(first).toMatchObject({ seconds: 2, texts: ["hit wood"], events: [0.25] });
    expect(first?.files.map(({ name }) => name)).toEqual([
      "2015-02-16-16-49-06",
      "2015-02-16-16-49-06_denoised",
      "2015-02-16-16-49-06_mic",
    ]);
    expect(second).toMatchObject({ texts: ["scratch"] });
    expect(second?.files[0]).toEqual({ name: "2015-02-16-16-49-06", start: 3.25 });
  });
  test("own lists", () => {
    expect(parsed("csv")).toEqual([
      { files: [{ name: "clips/a.mp4", start: 1.5 }], seconds: 4, texts: ["a ball, bouncing"], events: [0.5, 2.25] },
      { files: [{ name: "b.mp4", start: 0 }], seconds: undefined, texts: [] },
    ]);
    expect(parsed("jsonl")[1]).toEqual({
      files: [{ name: "b.mp4", start: 2 }],
      seconds: 4,
      texts: ["one", "two"],
      split: "val",
      events: [0.5],
    });
  });
  test.each([
    ["csv", "text\nx\n", /Line 1 of list names the columns text; "video" is missing/],
    ["csv", "video,start\na.mp4,soon\n", /Line 2 of list has "soon" as start/],
    ["csv", "video,start\na.mp4,-1\n", /Line 2 of list has "-1" as start/],
    ["csv", "video,start,end\na.mp4,3,3\n", /is 0 s long/],
    ["csv", "video,text\na.mp4\n", /has 1 fields; 2 were expected/],
    ["jsonl", "[1]\n", /Line 1 of list is no object/],
    ["jsonl", '{"video": "a"}\n{"video": 3}\n', /Line 2 of list does not name its video/],
    ["jsonl", '{"video": "a", "seconds": 1, "end": 2}\n', /both seconds and end/],
    ["jsonl", '{"video": "a", "texts": [1]}\n', /captions that are no text/],
    ["jsonl", '{"video": "a", "events": "1"}\n', /events that are no list/],
    ["jsonl", "{", /Line 1 of list is no JSON/],
    ["kinetics", "youtube_id,time_start\nx,1\n", /"time_end" is missing/],
    ["vggsound", "abcdefghijk,3,label\n", /has 3 fields/],
    ["vggsound", "id\tlabel\nabc\n", /Line 2 of list has 1 fields/],
    ["audiocaps", "audiocap_id,youtube_id,start_time,caption\n1,x,soon,y\n", /Line 2 of list has "soon" as start_time/],
    ["moviegen", '{"id": 1}', /Line 1 of list has no id or no audio_prompt/],
    ["moviegen", "null", /Line 1 of list has no id/],
    ["audioset", "abcdefghijk, 1, 2\n", /has 3 fields/],
  ] as const)("%s %j is refused", (format, text, expected) => {
    expect(message(() => [...parseList(text, format, "list", labels)])).toMatch(expected);
  });
});
