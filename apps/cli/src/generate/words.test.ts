/** Clips, prompts and outputs of a call: what is told apart and what is refused, without a model. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ran } from "../testing.js";
import { planOutputs } from "./outputs.js";
import { clipsAndPrompt } from "./words.js";

let folder: string;
let own: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-words-"));
  own = join(folder, "rain on a window");
  await writeFile(own, "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("words", () => {
  it("are clips and perhaps a prompt", () => {
    expect(clipsAndPrompt(["a.mp4"], {})).toEqual({ clips: ["a.mp4"], prompt: undefined });
    expect(clipsAndPrompt(["a.mp4", "rain"], {})).toEqual({ clips: ["a.mp4"], prompt: "rain" });
    expect(clipsAndPrompt(["a.mp4", "b.mp4", "rain"], {})).toEqual({ clips: ["a.mp4", "b.mp4"], prompt: "rain" });
    expect(clipsAndPrompt(["a.mp4", "b.mp4"], { prompt: "rain" })).toEqual({ clips: ["a.mp4", "b.mp4"], prompt: "rain" });
    expect(clipsAndPrompt(["a.mp4", "b.mp4"], { outputDir: "out" })).toEqual({ clips: ["a.mp4", "b.mp4"], prompt: undefined });
    expect(clipsAndPrompt(["a.mp4", "rain"], { outputDir: "out" })).toEqual({ clips: ["a.mp4"], prompt: "rain" });
  });
  it("a file in the place of the prompt is a mistake, whatever its name, and so is a name that only a file has", () => {
    for (const last of [own, folder, "nowhere/b.MOV"])
      expect(() => clipsAndPrompt(["a.mp4", last], {})).toThrow(
        /is a file, and stands where the prompt is expected.*--prompt.*--output-dir/,
      );
    expect(() => clipsAndPrompt(["a.mp4", "rain"], { prompt: "snow" })).toThrow(/given twice/);
  });
});

describe("outputs", () => {
  it("have names of their own for every clip and take", () => {
    expect(planOutputs(["x/a.MP4", "b.ts"], { outputDir: "out" })).toEqual([
      { clip: "x/a.MP4", takes: [{ video: join("out", "a.foley.mp4"), audio: undefined }] },
      { clip: "b.ts", takes: [{ video: join("out", "b.foley.mp4"), audio: undefined }] },
    ]);
    expect(planOutputs([join("x", "a.mov")], { takes: 2 })[0]?.takes.map(({ video }) => video)).toEqual([
      join("x", "a.foley-1.mov"),
      join("x", "a.foley-2.mov"),
    ]);
    expect(planOutputs(["a.mov"], { takes: 2, audio: "s.flac" })[0]?.takes[1]).toEqual({ video: undefined, audio: "s-2.flac" });
    expect(planOutputs(["a.mov", "b.mov"], { audioDir: "s" })[1]?.takes).toEqual([
      { video: undefined, audio: join("s", "b.foley.wav") },
    ]);
  });
  it("that would be one file, or one name for several, are refused", () => {
    expect(() => planOutputs(["x/a.mp4", "y/a.mp4"], { outputDir: "out" })).toThrow(
      /"x\/a.mp4" and "y\/a.mp4" would both be written to/,
    );
    expect(() => planOutputs(["a.mp4", "a.mp4"], { outputDir: "out" })).toThrow(/given twice/);
    expect(() => planOutputs(["a.mp4", "b.mp4"], { output: "out.mp4" })).toThrow(/-o names one file, and 2 clips.*--output-dir/);
    expect(() => planOutputs(["a.mp4", "b.mp4"], { audio: "out.wav" })).toThrow(/--audio names one file.*--audio-dir/);
    expect(() => planOutputs(["a.mp4"], { output: "out.mp4", outputDir: "out" })).toThrow(/both given/);
  });
});

describe("before a model is looked for", () => {
  const model = ["--model", "no-model", "--quiet"];
  const generate = (...argv: string[]) => ran(["generate", ...argv, ...model]);
  const clip = goldenPath("clips/h264-aac.mp4");
  it.each([
    ["a clip that is not there", () => [join(folder, "no.mp4"), "-o", join(folder, "o.mp4")], 1, /no\.mp4" does not exist/],
    [
      "a start behind the end",
      () => [clip, "--start", "1:00:00", "-o", join(folder, "o.mp4")],
      2,
      /--start is 3600; less than the 2 s/,
    ],
    [
      "an unknown solver",
      () => [clip, "--sampler", "magic", "-o", join(folder, "o.mp4")],
      2,
      /--sampler is "magic"; one of .*euler/,
    ],
    ["a file as a prompt", () => [clip, clip], 2, /stands where the prompt is expected/],
    ["events of several", () => [clip, "b.mp4", "--prompt", "x", "--events", "e.csv"], 2, /--events tells of one clip/],
    ["a time that is none", () => [clip, "--start", "1:75"], 2, /"1:75" was given; seconds .*hours:minutes:seconds/],
  ] as const)("%s is said", async (_, argv, code, message) => {
    const result = await generate(...argv());
    expect([result.code, result.err]).toEqual([code, expect.stringMatching(message)]);
    expect(await readdir(folder)).toEqual(["rain on a window"]);
  });
  it("each of several clips that nothing can come of is named in a line, and all of them at the end", async () => {
    await writeFile(join(folder, "broken.mp4"), "Dear diary, I was renamed.\n".repeat(100));
    const out = join(folder, "made");
    const {
      code,
      out: printed,
      err,
    } = await generate(join(folder, "no.mp4"), join(folder, "broken.mp4"), "--output-dir", out, "--json");
    const lines = err.trimEnd().split("\n");
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^foley: .*no\.mp4" does not exist/),
      expect.stringMatching(/^foley: .*broken\.mp4.* is not a video or sound/),
      expect.stringMatching(/^foley: 2 of 2 files got no sound: .*no\.mp4.*broken\.mp4/),
    ]);
    expect(
      printed
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { error: { code: string } }).error.code),
    ).toEqual(["bad-file", "bad-file"]);
    expect(await readdir(out)).toEqual([]);
  });
});
