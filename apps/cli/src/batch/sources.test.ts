/** What folders, patterns and clips stand for. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { filesOfPattern } from "./glob.js";
import { readSources } from "./sources.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-sources-"));
  for (const sub of ["a/deep", "made", ".hidden", "[x]"]) await mkdir(join(folder, sub), { recursive: true });
  const files = [
    "b.mp4",
    "B.MOV",
    "a/c.mp4",
    "a/deep/d.webm",
    "a/notes.txt",
    "made/b.foley.mp4",
    ".hidden/e.mp4",
    ".f.mp4",
    "[x]/g.mp4",
  ];
  for (const name of [...files, "b.foley-2.mp4"]) await writeFile(join(folder, name), "");
  await writeFile(join(folder, "a/c.txt"), "a cup breaks\n");
  await symlink(folder, join(folder, "a/loop"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (...sources: readonly string[]) =>
  (await readSources(sources, { prompt: "wind" })).map(({ number, clip, settings }) => [
    number,
    relative(folder, clip).replaceAll("\\", "/"),
    settings.prompt,
  ]);

it("a folder gives its videos at any depth, in order, with the text beside them; nothing that is hidden or made", async () => {
  expect(await read(folder)).toEqual([
    [1, "B.MOV", "wind"],
    [2, "[x]/g.mp4", "wind"],
    [3, "a/c.mp4", "a cup breaks"],
    [4, "a/deep/d.webm", "wind"],
    [5, "b.mp4", "wind"],
  ]);
});

it("a pattern gives what it names, several sources are one after the other, and clips stand for themselves", async () => {
  expect(await read(join(folder, "**/*.mp4"), join(folder, "B.MOV"))).toEqual([
    [1, "[x]/g.mp4", "wind"],
    [2, "a/c.mp4", "a cup breaks"],
    [3, "b.mp4", "wind"],
    [4, "B.MOV", "wind"],
  ]);
  // A folder of such a name is that folder.
  expect(await read(join(folder, "[x]"))).toEqual([[1, "[x]/g.mp4", "wind"]]);
});

it("patterns as shells have them", async () => {
  const found = async (pattern: string) =>
    (await filesOfPattern(join(folder, pattern))).map((path) => relative(folder, path).replaceAll("\\", "/"));
  expect(await found("?.mp4")).toEqual(["b.mp4"]);
  expect(await found("a/*.{mp4,txt}")).toEqual(["a/c.mp4", "a/c.txt", "a/notes.txt"]);
  expect(await found("[!B]*")).toEqual(["b.foley-2.mp4", "b.mp4"]);
  expect(await found(".*")).toEqual([".f.mp4"]);
  expect(await found("a/deep/**")).toEqual(["a/deep/d.webm"]);
  expect(await found("*/deep/d.webm")).toEqual(["a/deep/d.webm"]);
  expect(await found("nowhere/*")).toEqual([]);
});

it("what holds nothing, is not there or is no list is said", async () => {
  await expect(read(join(folder, ".hidden", "nowhere"))).rejects.toThrow(/does not exist\. Give a list, a folder/);
  await expect(read(join(folder, "*.mkv"))).rejects.toThrow(/holds no files/);
  await expect(read(join(folder, "made"))).rejects.toThrow(/holds no videos/);
  await expect(read(join(folder, "a/notes.txt"))).rejects.toThrow(/is no list that can be read\. Save it as \.csv or \.jsonl/);
  await expect(read(join(folder, "list.csv"))).rejects.toThrow(/list\.csv" does not exist/);
});
