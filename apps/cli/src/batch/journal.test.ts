/** What a killed run leaves, and what others do to the files meanwhile. */
import { appendFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { JOURNAL, openJournal } from "./journal.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-journal-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const take = { start: 0, duration: 1, seconds: 2, warnings: [] };
const one = { key: "k", names: ["a.foley.mp4", "a.foley.wav"] };
const file = (name: string) => join(folder, name);
const writeBoth = async () => {
  for (const name of one.names) await writeFile(file(name), name);
  return take;
};

it("knows again what was made of the same, and nothing that was changed, taken away or made of other things", async () => {
  const journal = await openJournal(folder);
  expect(await journal.made(one)).toBe(undefined);
  expect((await journal.write(one, writeBoth)).files.map(({ name, size }) => [name, size])).toEqual(
    one.names.map((name) => [name, name.length]),
  );
  const again = async () => (await openJournal(folder)).made(one);
  expect(await again()).toMatchObject(take);
  expect(await (await openJournal(folder)).made({ ...one, key: "other" })).toBe(undefined);
  expect(await (await openJournal(folder)).made({ ...one, names: ["a.foley.mp4"] })).toBe(undefined);
  // Copied: of another age and the same content.
  await utimes(file("a.foley.wav"), 1, 1);
  expect(await again()).toMatchObject(take);
  await writeFile(file("a.foley.wav"), "b.foley.wav");
  expect(await again()).toBe(undefined);
  await rm(file("a.foley.wav"));
  expect(await again()).toBe(undefined);
  expect((await openJournal(folder)).owns("a.foley.wav")).toBe(true);
  expect((await openJournal(folder)).owns("report.csv")).toBe(false);
});

it("a take that was begun and not ended is made again, and a torn line takes no other with it", async () => {
  const first = await openJournal(folder);
  await first.write(one, writeBoth);
  const whole = await readFile(file(JOURNAL), "utf8");
  const [begun, ended] = whole.trimEnd().split("\n") as [string, string];
  for (const torn of [`${begun}\n${ended.slice(0, 90)}`, `${begun}\n{"out`]) {
    await writeFile(file(JOURNAL), torn);
    const journal = await openJournal(folder);
    expect([await journal.made(one), journal.owns("a.foley.wav")]).toEqual([undefined, true]);
    expect(await readFile(file(JOURNAL), "utf8")).toBe(`${begun}\n`);
    await appendFile(file(JOURNAL), `${ended}\n`);
    expect(await (await openJournal(folder)).made(one)).toMatchObject(take);
  }
});

it("what was there under another key is gone before anything is written, and a take that fails leaves nothing", async () => {
  const journal = await openJournal(folder);
  await journal.write(one, writeBoth);
  const failing = journal.write({ ...one, key: "new" }, async () => {
    expect((await readdir(folder)).sort()).toEqual([JOURNAL]);
    await writeFile(file("a.foley.mp4"), "half");
    throw new Error("full");
  });
  await expect(failing).rejects.toThrow("full");
  expect(await readdir(folder)).toEqual([JOURNAL]);
  expect(await journal.made(one)).toBe(undefined);
  expect(await (await openJournal(folder)).made(one)).toBe(undefined);
  expect((await stat(file(JOURNAL))).size).toBeGreaterThan(0);
});
