/** The guide to events does as it says: its commands and its program run as they stand there, on an untrained model. */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia, readEvents } from "@foley-control/media/node";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blocksOf, linesOf, readGuide, root, wordsOf } from "../guides.test-support.js";
import { ran, writeQuickMini } from "../testing.js";

const guide = readGuide("events.md");

let work: string;
let model: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "foley-events-guide-"));
  model = join(work, "model");
  await writeQuickMini(model, { vocabulary: CAPTION_VOCABULARY });
  await copyFile(goldenPath("clips/h264-aac.mp4"), join(work, "clip.mp4"));
});
afterAll(() => rm(work, { recursive: true, force: true }));

it("its commands run, in one step of the sampler", async () => {
  const before = process.cwd();
  process.chdir(work);
  try {
    for (const line of linesOf(guide)) {
      const [program, ...argv] = wordsOf(line);
      expect(program).toBe("foley");
      const more = ["--model", model, "--device", "cpu", ...(argv[0] === "generate" ? ["--steps", "1"] : [])];
      const { code, err } = await ran([...argv, ...more]);
      expect([line, code, err]).toEqual([line, 0, expect.not.stringMatching(/^foley:/m)]);
    }
    expect(await readFile("events.html", "utf8")).toContain("<svg");
    for (const made of ["overlay.mp4", "clip.foley.mp4"]) {
      using media = await openMedia(made);
      expect(media.info.video?.duration).toBeCloseTo(2, 1);
    }
    expect(await readFile("events.csv", "utf8")).toMatch(/^time,strength,x,y,kind,source\n/);
  } finally {
    process.chdir(before);
  }
});

it("its program is the one that the types are checked of, and it runs", { timeout: 300_000 }, async () => {
  const code = await readFile(join(root, "docs/guides/programs/move-events.ts"), "utf8");
  expect(blocksOf(guide, "ts")).toEqual([code]);
  // Beside the packages, where it finds them; with the model of this test, for any that knows of events will do.
  const folder = await mkdtemp(join(root, "node_modules", ".events-guide-"));
  try {
    const program = join(folder, "move-events.mts");
    await writeFile(program, code.replace("createFoley()", `createFoley({ model: ${JSON.stringify(model)} })`));
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    await promisify(execFile)(process.execPath, ["--conditions=@foley-control/source", "--import", tsx, program], { cwd: work });
    for (const made of ["moved.mp4", "beat.wav"]) expect((await stat(join(work, made))).size).toBeGreaterThan(1000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("its file is read, and its messages are those of the code", async () => {
  expect(readEvents(blocksOf(guide, "csv")[0] as string, { duration: 4 })).toMatchObject([
    { time: 0.5312, strength: 1, place: { x: 0.438, y: 0.563 }, source: "encoder" },
    { time: 1.125, strength: 0.4 },
  ]);
  const said = (text: string): string => {
    try {
      readEvents(text, { name: '"events.csv"', duration: 4 });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const messages = [
    said("time\n1\n2\n7.2\n"),
    said("500\n1500\n"),
    said("time,strength\n1,90\n"),
    said("0,5\n"),
    said("time;strength\n"),
    said(Array.from({ length: 20_001 }, (_, i) => i / 1e4).join("\n")),
  ];
  const rows = guide.slice(guide.indexOf("| message |")).split("\n\n")[0]?.split("\n").slice(3, 9) ?? [];
  expect(rows).toHaveLength(messages.length);
  for (const [i, row] of rows.entries()) {
    const message = (row.split(" | ")[0] as string).replace(/^\| (… )?/, "");
    expect(messages[i]).toContain(message);
  }
  const help = (await ran(["events", "--help"])).out;
  for (const flag of ["--threshold", "--start", "--duration", "-o"]) expect([flag, help.includes(flag)]).toEqual([flag, true]);
});
