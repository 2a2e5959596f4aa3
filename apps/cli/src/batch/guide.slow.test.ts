/** The guide to films and folders does as it says: its commands run as they stand there, on its list, and what it says of bad lists is what is said. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notWritable, withFolderLock } from "@foley-control/files/node";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia } from "@foley-control/media/node";
import { renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blocksOf, linesOf, messagesOf, readGuide, wordsOf } from "../guides.test-support.js";
import { ran, writeQuickMini } from "../testing.js";
import { readList } from "./list.js";

const guide = readGuide("a-whole-film-and-a-folder-of-them.md");
const quick = ["--model", "model", "--device", "cpu", "--steps", "1", "--quiet"];
const before = process.cwd();
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "foley-film-guide-"));
  process.chdir(work);
  await writeQuickMini("model");
  await writeScene(renderScene(1, { seconds: 13, imageSize: 64 }), "film.mp4");
  await mkdir("shots");
  for (const name of ["door", "steps"]) await copyFile(goldenPath("clips/h264-aac.mp4"), `shots/${name}.mp4`);
  await writeFile("shots/door.txt", "a door");
  await writeFile("shots.csv", blocksOf(guide, "csv")[0] as string);
});
afterAll(async () => {
  process.chdir(before);
  await rm(work, { recursive: true, force: true });
});

it("its commands run, and write what it says", async () => {
  for (const line of linesOf(guide)) {
    const [program, ...argv] = wordsOf(line);
    expect(program).toBe("foley");
    const { code, err } = await ran([...argv, ...quick], { env: { FOLEY_CACHE_DIR: join(work, "cache") } });
    expect([line, code, err]).toEqual([line, 0, expect.not.stringMatching(/^foley:/m)]);
  }
  using film = await openMedia("film.foley.mp4");
  expect(film.info.audio?.duration).toBeCloseTo(13, 1);
  const videos = async (folder: string) => (await readdir(folder)).filter((name) => /\.(mp4|wav)$/.test(name)).sort();
  expect(await videos("made")).toEqual(["door.foley.mp4", "steps.foley.mp4"]);
  expect(await videos("listed")).toEqual(
    ["door", "steps", "steps-2"]
      .flatMap((name) => [1, 2].flatMap((take) => ["mp4", "wav"].map((ending) => `${name}.foley-${take}.${ending}`)))
      .sort(),
  );
  const prompts = async (folder: string) =>
    (JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as { takes: { prompt: string }[] }).takes.map(
      ({ prompt }) => prompt,
    );
  expect(await prompts("made")).toEqual(["a door", "footsteps on gravel"]);
  expect((await prompts("listed"))[0]).toBe("a wooden door, slammed");
});

it("its columns are those that are known, and its messages are said", async () => {
  const bad = (text: string) => writeFile("shots.csv", text);
  const said = [];
  await bad("clip,promt\n");
  said.push(await readList("shots.csv", {}).catch((error: Error) => error.message));
  await bad(
    "clip,prompt,seed,start,duration,negative-prompt\nshots/door.mp4,rain,1,,,\nshots/door.mp4,rain, heavy,1,,,\nshots/door.mp4,rain,x,,,\n",
  );
  said.push(...(await readList("shots.csv", {})).flatMap(({ error }) => (error ? [error.message] : [])));
  await mkdir("foreign");
  await writeFile("foreign/door.foley.mp4", "");
  said.push((await ran(["batch", "shots/door.mp4", "--output-dir", "foreign", ...quick])).err);
  said.push(await withFolderLock("locked", async () => (await ran(["batch", "shots", "--output-dir", "locked", ...quick])).err));
  said.push(notWritable('"a.mp4"', { code: "ENOSPC" }).message);
  const messages = messagesOf(guide);
  expect(messages).toHaveLength(said.length);
  for (const [i, message] of messages.entries()) {
    const pieces = message.split("…").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    expect(said[i]).toMatch(new RegExp(pieces.join(".*")));
  }
  const known = /Known are (.*)\./.exec(said[0] as string)?.[1]?.split(", ") as string[];
  expect(known.length).toBeGreaterThan(10);
  for (const column of known) expect(guide).toContain(`\`${column}\``);
});
