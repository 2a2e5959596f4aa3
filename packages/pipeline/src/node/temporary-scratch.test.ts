import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryScratch } from "./temporary-scratch.js";

const shape = { sampleRate: 24_000, channelCount: 2, length: 1000 };
const channel = (from: number, to: number) => Float32Array.from({ length: to - from }, (_, i) => from + i);
const both = (from: number, to: number) => [channel(from, to), channel(from, to).map((value) => -value)];

it("gives back what was appended, in parts and as a whole", async () => {
  const writer = await temporaryScratch().begin(shape);
  for (const [from, to] of [
    [0, 10],
    [10, 700],
    [700, 1000],
  ] as const)
    await writer.append(both(from, to));
  const sound = await writer.end();
  expect(sound).toMatchObject(shape);
  expect(await sound.read(5, 705)).toEqual(both(5, 705));
  expect(await sound.read(990, 2000)).toEqual(both(990, 1000));
  expect(sound.whole?.()).toEqual({ sampleRate: 24_000, channels: both(0, 1000) });
});

it("leaves nothing behind, also when the sound is not wanted", async () => {
  const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith(`.foley.${process.pid}-`));
  const writer = await temporaryScratch().begin(shape);
  await writer.append(both(0, 10));
  if (process.platform !== "win32") expect(await mine()).toEqual([]);
  await writer.discard();
  expect(await mine()).toEqual([]);
});

it("says that there is no place for temporary files", async () => {
  const before = process.env["TMPDIR"];
  const gone = await mkdtemp(join(tmpdir(), "foley-gone-"));
  await rm(gone, { recursive: true });
  process.env["TMPDIR"] = gone;
  try {
    if (process.platform !== "win32")
      await expect(temporaryScratch().begin(shape)).rejects.toMatchObject({
        code: "not-writable",
        hint: expect.stringMatching(/TMPDIR/),
      });
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});
