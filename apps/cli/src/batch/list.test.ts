/** Lists as people and spreadsheets write them: what is wrong with a row stays with the row, what is wrong with the columns is said at once. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readList } from "./list.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-list-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rowsOf(name: string, text: string) {
  const path = join(folder, name);
  await writeFile(path, text);
  return (await readList(path, { seed: 1, prompt: "wind" })).map(({ clip, settings, error }) =>
    error ? error.message : { clip: clip.slice(folder.length + 1), ...settings },
  );
}

describe("CSV", () => {
  it("with a byte order mark, ends of lines of Windows, quoted commas and quotes, times as a clock shows them", async () => {
    const text =
      '\uFEFFclip,Prompt,negative_prompt,seed,start,duration,tolerant,original,\r\n"a, b.mp4","rain, ""heavy""",music,-3,1:02:03.5,0:04,yes,mix,\r\nsub/c.mov,,,,,,,,\r\n,,,,,,,,\r\n';
    expect(await rowsOf("a.csv", text)).toEqual([
      {
        clip: "a, b.mp4",
        prompt: 'rain, "heavy"',
        negativePrompt: "music",
        seed: -3,
        start: 3723.5,
        duration: 4,
        tolerant: true,
        original: "mix",
      },
      { clip: join("sub", "c.mov"), seed: 1, prompt: "wind" },
    ]);
  });
  it("rows that cannot be meant, by line, column and what was expected", async () => {
    const rows = [
      "clip,seed,steps,guidance,tolerant,original",
      "a.mp4,x,,,,",
      "b.mp4,,0,,,",
      "c.mp4,,,,maybe,",
      "d.mp4,,,,,loud",
    ];
    const more = [",7,,,,", "e.mp4,rain, heavy,,,,", "f.mp4,9007199254740993,,,,"];
    const found = await rowsOf("rows.csv", [...rows, ...more].join("\n"));
    expect(found.slice(0, -1)).toEqual([
      expect.stringMatching(/^Line 2 of rows\.csv has "x" as seed; an integer was expected\./),
      expect.stringMatching(/^Line 3 of rows\.csv has "0" as steps; a whole number from 1 to 1000 was expected\./),
      expect.stringMatching(/^Line 4 of rows\.csv has "maybe" as tolerant; true or false was expected\./),
      expect.stringMatching(/^Line 5 of rows\.csv has "loud" as original; Allowed choices are replace, mix, keep\./),
      expect.stringMatching(/^Line 6 of rows\.csv names no clip\./),
      expect.stringMatching(/^Line 7 of rows\.csv has 7 fields; 6 were expected\. Put quotes/),
    ]);
    expect(found.at(-1)).toEqual({ clip: "f.mp4", seed: 9007199254740993n, prompt: "wind" });
  });
  it("columns that are not known, missing, there twice or not separated by commas", async () => {
    const cases: [string, RegExp][] = [
      [
        "clip,promt\na.mp4,rain",
        /^Line 1 of c\.csv names the column "promt", which is not known\. .*Known are clip, prompt, neg/,
      ],
      ["clip;prompt\na.mp4;rain", /which is not known\. .*separated by commas/],
      ["prompt,seed\nrain,1", /names no column "clip"/],
      ["clip,seed,Seed\na.mp4,1,2", /names the column "seed" twice/],
      ["shots/a.mp4,rain\n", /"shots\/a\.mp4", which is not known\. The first line names the columns/],
      ['clip,prompt\na.mp4,"rain', /has a quote that is not closed/],
    ];
    for (const [text, message] of cases)
      await expect(rowsOf("c.csv", text)).rejects.toMatchObject({ code: "bad-file", message: expect.stringMatching(message) });
  });
});

it("JSON lines: the same names, values as JSON has them, numbers that lose nothing", async () => {
  const lines = [
    '\uFEFF{"clip": "a.mp4", "prompt": "rain, heavy", "seed": "9007199254740993", "videoGuidance": 1.5, "tolerant": false, "start": "1:03"}',
    "",
    '{"clip": "a.mp4", "seed": 9007199254740993}',
    '{"clip": "a.mp4", "sead": 1}',
    '{"clip": "a.mp4", "prompt": ["rain"]}',
    '{"clip": "a.mp4", "prompt": null}',
    '{"prompt": "rain"}',
    "[1]",
    '{"clip": ',
  ];
  expect(await rowsOf("a.jsonl", lines.join("\r\n"))).toEqual([
    { clip: "a.mp4", prompt: "rain, heavy", seed: 9007199254740993n, videoGuidance: 1.5, tolerant: false, start: 63 },
    expect.stringMatching(/^Line 3 of a\.jsonl, seed: 9007199254740992 was given\. Numbers of more than 53 bits.*quotes/),
    expect.stringMatching(/^Line 4 of a\.jsonl says "sead", which is not known\. Known are clip,/),
    expect.stringMatching(/^Line 5 of a\.jsonl, prompt: \["rain"\] was given\. Write text/),
    { clip: "a.mp4", seed: 1, prompt: "wind" },
    expect.stringMatching(/names no clip/),
    expect.stringMatching(/^Line 8 of a\.jsonl is no object/),
    expect.stringMatching(/^Line 9 of a\.jsonl is no JSON/),
  ]);
});
