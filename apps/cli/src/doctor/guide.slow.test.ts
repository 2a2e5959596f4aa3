/** The guide to what goes wrong does as it says: its commands run, its messages are those of the code, its flags those of the commands. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia } from "@foley-control/media/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { linesOf, messagesOf, readGuide, saidNowhere, wordsOf } from "../guides.test-support.js";
import { ran, writeQuickMini } from "../testing.js";

const guide = readGuide("troubleshooting.md");
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "foley-trouble-"));
  await writeQuickMini(join(work, "model"));
  await copyFile(goldenPath("clips/h264-aac.mp4"), join(work, "clip.mp4"));
});
afterAll(() => rm(work, { recursive: true, force: true }));

it("its commands run", async () => {
  const before = process.cwd();
  process.chdir(work);
  try {
    for (const line of linesOf(guide)) {
      const [program, ...argv] = wordsOf(line);
      expect(program).toBe("foley");
      const { code, out, err } = await ran([
        ...argv,
        "--model",
        "model",
        "--device",
        "cpu",
        ...(argv[0] === "generate" ? ["--steps", "1"] : []),
      ]);
      expect([line, code, err]).toEqual([line, 0, expect.not.stringMatching(/^foley:/m)]);
      if (argv[0] === "doctor")
        for (const word of ["runtime", "threads", "GB memory", "device webgpu", "video codecs", "model"])
          expect(out).toContain(word);
    }
    using mixed = await openMedia("mixed.mp4");
    expect(mixed.info.audio?.duration).toBeCloseTo(2, 1);
  } finally {
    process.chdir(before);
  }
});

it("its messages are said, and its flags are there", async () => {
  const messages = messagesOf(guide);
  expect(messages.length).toBeGreaterThan(20);
  // Put together from parts that the code has elsewhere.
  const others = [
    /^The folder … is being written by another …/,
    /^… cannot be written: …\./,
    /^Networks are computed in WebAssembly/,
  ];
  expect(others.map((one) => messages.filter((message) => one.test(message)).length)).toEqual([1, 1, 1]);
  expect(saidNowhere(messages)).toEqual([]);
  const help = (
    await Promise.all(["generate", "batch", "events", "doctor"].map(async (name) => (await ran([name, "--help"])).out))
  ).join("\n");
  const flags = [...guide.matchAll(/`(?:foley \w+ )?(--[a-z-]+)/g)].map((match) => match[1] as string);
  expect(flags.length).toBeGreaterThan(8);
  for (const flag of flags) expect(help).toContain(flag);
});

it("a clip without an index, one that is cut off and an output of no kind are told as it says", async () => {
  const whole = await readFile(goldenPath("clips/index-last.mp4"));
  const early = await readFile(goldenPath("clips/h264-aac.mkv"));
  await writeFile(join(work, "no-index.mp4"), whole.subarray(0, 3000));
  await writeFile(join(work, "cut.mkv"), early.subarray(0, early.length >> 1));
  const cases: [string, string, RegExp][] = [
    ["no-index.mp4", "x.mp4", /has no index: it lists no tracks/],
    ["cut.mkv", "x.mkv", /is cut off: .*|is damaged/],
    ["clip.mp4", "x.gif", /ends in .*; \.mp4, \.mov, \.webm or \.mkv was expected/],
  ];
  for (const [clip, output, message] of cases) {
    const argv = [
      "generate",
      join(work, clip),
      "rain",
      "-o",
      join(work, output),
      "--model",
      join(work, "model"),
      "--steps",
      "1",
      "--quiet",
    ];
    const { code, err } = await ran(argv);
    expect([clip, code, err]).toEqual([clip, 1, expect.stringMatching(message)]);
  }
});
