import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appendLines, completeLines, cutFile, type FileLine } from "./node.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-lines-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function linesOf(path: string, options?: { repair: boolean }): Promise<FileLine[]> {
  const lines: FileLine[] = [];
  for await (const line of completeLines(path, options)) lines.push(line);
  return lines;
}

test("what was appended is read; a torn line is left out, and removed by the one who will append", async () => {
  const path = join(folder, "journal");
  expect(await linesOf(path)).toEqual([]);
  await appendLines(path, ["one", "zwö"]);
  await appendLines(path, ["three"], { flush: false });
  await appendFile(path, "fo");
  const whole = [
    { text: "one", end: 4 },
    { text: "zwö", end: 9 },
    { text: "three", end: 15 },
  ];
  expect(await linesOf(path)).toEqual(whole);
  expect(await readFile(path, "utf8")).toBe("one\nzwö\nthree\nfo");
  expect(await linesOf(path, { repair: true })).toEqual(whole);
  await appendLines(path, ["four"]);
  expect(await readFile(path, "utf8")).toBe("one\nzwö\nthree\nfour\n");
  for await (const { end } of completeLines(path)) {
    await cutFile(path, end);
    break;
  }
  await cutFile(path, 100);
  await cutFile(join(folder, "none"), 0);
  expect(await readFile(path, "utf8")).toBe("one\n");
});

test("lines across blocks, and one without an end", async () => {
  const path = join(folder, "long");
  const long = "x".repeat(5_000_000);
  await writeFile(path, `a\n${long}\n\n${long}\nb\n`);
  expect((await linesOf(path)).map(({ text, end }) => [text.length, end])).toEqual([
    [1, 2],
    [5_000_000, 5_000_003],
    [0, 5_000_004],
    [5_000_000, 10_000_005],
    [1, 10_000_007],
  ]);
  await truncate(path, 30 << 20);
  await expect(linesOf(path)).rejects.toMatchObject({ code: "bad-file" });
  await expect(linesOf(join(path, "below"))).rejects.toThrow(/below" does not exist/);
  await expect(appendLines(join(folder, "no", "folder"), [], { what: "The log" })).rejects.toThrow(
    /^The log cannot be written: the folder does not exist/,
  );
});
