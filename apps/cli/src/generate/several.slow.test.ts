/** Several clips and several takes in one command: one model, a line for each, and what is wrong with one stops no other. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { probe } from "@foley-control/media/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ran, writeQuickMini } from "../testing.js";

let folder: string;
let model: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-several-"));
  await writeQuickMini(join(folder, "model"));
  model = ["--model", join(folder, "model"), "--device", "cpu", "--steps", "1"];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("a bad clip among good ones is named, the others get their sound, and the command has failed", async () => {
  const clips = ["a.mp4", "b.mov", "long.mp4", "bad.mp4"].map((name) => join(folder, name));
  const [a, b, missing, bad] = clips as [string, string, string, string];
  await copyFile(goldenPath("clips/one-frame-20ms.mp4"), a);
  await copyFile(goldenPath("clips/h264-aac.mov"), b);
  await writeFile(bad, (await readFile(a)).subarray(0, 200));
  const out = join(folder, "made");
  const first = await ran(["generate", a, bad, missing, b, "--prompt", "rain", "--output-dir", out, "--quiet", ...model]);
  const made = [join(out, "a.foley.mp4"), join(out, "b.foley.mov")];
  expect([first.code, first.out]).toEqual([1, `${made.join("\n")}\n`]);
  expect(first.err.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/bad\.mp4/),
    expect.stringMatching(/long\.mp4" does not exist/),
    expect.stringMatching(/2 of 4 files got no sound/),
  ]);
  expect((await probe(made[1] as string)).audio?.channels).toBeGreaterThan(0);
  // What is there is left, and said.
  const again = await ran(["generate", a, b, "--prompt", "rain", "--output-dir", out, "--quiet", ...model]);
  expect([again.code, again.out]).toEqual([1, ""]);
  expect(again.err).toMatch(/a\.foley\.mp4" is there already.*--force/);
});

it("takes are of seeds that follow each other, and each is what its seed alone gives", async () => {
  const clip = goldenPath("clips/one-frame-20ms.mp4");
  const sound = (name: string) => join(folder, name);
  const argv = ["generate", clip, "a ball", "--quiet", ...model];
  const takes = await ran([...argv, "--takes", "2", "--seed", "9007199254740991", "--audio", sound("t.wav"), "--json"]);
  expect([takes.code, takes.err]).toEqual([0, ""]);
  const lines = takes.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { audio: string; settings: { seed: unknown } });
  expect(lines.map(({ audio, settings }) => [audio, settings.seed])).toEqual([
    [sound("t-1.wav"), 9007199254740991],
    [sound("t-2.wav"), "9007199254740992"],
  ]);
  const alone = await ran([...argv, "--seed", "9007199254740992", "--audio", sound("alone.wav")]);
  expect(alone.code).toBe(0);
  const [one, two, same] = await Promise.all(["t-1.wav", "t-2.wav", "alone.wav"].map((name) => readFile(sound(name))));
  expect(Buffer.compare(two as Buffer, same as Buffer)).toBe(0);
  expect(Buffer.compare(one as Buffer, two as Buffer)).not.toBe(0);
  expect((await readdir(folder)).filter((name) => name.endsWith(".wav")).sort()).toEqual(["alone.wav", "t-1.wav", "t-2.wav"]);
});
