import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestFile, readJsonFile, readSmallFile, readTextFile, sha256 } from "./node.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-read-"));
  await writeFile(join(folder, "good.json"), '{ "ä": 1 }');
  await writeFile(join(folder, "torn.json"), '{ "a": ');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("texts and values within limits, and sentences about all else", async () => {
  const [good, torn, none] = ["good.json", "torn.json", "none"].map((name) => join(folder, name)) as [string, string, string];
  expect(await readTextFile(good)).toBe('{ "ä": 1 }');
  expect(await readJsonFile(good, { limit: 11 })).toEqual({ ä: 1 });
  await expect(readJsonFile(good, { limit: 10 })).rejects.toThrow(/good\.json" has 11 bytes; at most 10 are read/);
  await expect(readJsonFile(torn, { what: "The plan", hint: "Mend it." })).rejects.toMatchObject({
    code: "bad-file",
    message: expect.stringMatching(/^The plan is no JSON \(.*\)\. Mend it\.$/),
  });
  await expect(readTextFile(none)).rejects.toThrow(/none" does not exist\. Check the path\./);
  await expect(readTextFile(folder)).rejects.toThrow(/is a folder/);
  expect([await readSmallFile(good, 11), await readSmallFile(good, 10), await readSmallFile(none, 10)]).toEqual([
    '{ "ä": 1 }',
    undefined,
    undefined,
  ]);
});

test("digests of texts, bytes and files", async () => {
  // FIPS 180-4, "abc".
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect([sha256("abc"), sha256("a", Uint8Array.of(98), "c")]).toEqual([abc, abc]);
  const path = join(folder, "abc");
  await writeFile(path, "abc");
  let read = 0;
  expect(await digestFile(path, { onRead: (done) => (read = done) })).toBe(abc);
  expect(read).toBe(3);
  expect(await digestFile(path, { hash: createHash("sha1") })).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  await expect(digestFile(path, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  await expect(digestFile(join(folder, "none"))).rejects.toMatchObject({ code: "bad-file" });
  const mistake = new Error("mistake");
  await expect(
    digestFile(path, {
      onRead: () => {
        throw mistake;
      },
    }),
  ).rejects.toBe(mistake);
});
