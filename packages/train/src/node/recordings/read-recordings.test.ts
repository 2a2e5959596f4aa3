/** Folders of recordings, made here: what is read of them, what is refused, and who is named beside the weights. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoleyError, normalArray } from "@foley-control/core";
import { encodeFlac, encodeWav } from "@foley-control/media";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { click, RATE } from "../../recordings/recordings.test-support.js";
import { attributionOf, writeAttribution } from "./attribution.js";
import { readRecordingIndex, readRecordings } from "./read-recordings.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-recordings-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const row = (file: string, more: object = {}) => ({
  file,
  cls: "hit",
  label: "metal hit",
  licence: "CC0",
  author: "somebody",
  source: file,
  seconds: 0.5,
  ...more,
});

async function written(
  name: string,
  rows: readonly object[],
  sounds: Readonly<Record<string, Uint8Array>> = {},
): Promise<string> {
  const directory = join(folder, name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "index.json"), JSON.stringify(rows));
  for (const [file, bytes] of Object.entries(sounds)) await writeFile(join(directory, file), bytes);
  return directory;
}

describe("a folder", () => {
  const hit = (delay: number) => {
    const samples = new Float32Array(RATE / 2);
    samples.set(click(0.5), Math.round(delay * RATE));
    return samples;
  };

  test("is read at the rate of the codec, in one channel; what may not be trained on is left out, twins are read once", async () => {
    const [a, b] = [hit(0.1), hit(0.2)];
    const noise = normalArray(1, ["rain"], 5 * RATE).map((value) => value / 8);
    const ticks = new Float32Array(5 * RATE);
    for (const time of [0.5, 1.5, 2.5, 3.5]) ticks.set(click(0.5), time * RATE);
    const flac = (...channels: Float32Array[]) => encodeFlac({ sampleRate: RATE, channels });
    const directory = await written(
      "whole",
      [
        row("b.flac", { source: "x" }),
        row("a.flac", { source: "x" }),
        row("twin.flac", { source: "y" }),
        row("no.flac", { licence: "all rights reserved" }),
        row("rain.wav", { cls: "rain", seconds: 5 }),
        row("tick.flac", { cls: "tick", label: "clock tick", seconds: 5, long: true }),
      ],
      {
        "a.flac": await flac(a, a),
        "b.flac": await flac(b),
        "twin.flac": await flac(a),
        "rain.wav": encodeWav({ sampleRate: RATE, channels: [noise] }),
        "tick.flac": await flac(ticks),
      },
    );
    const { training, heldOut } = await readRecordings(directory, { sampleRate: 2 * RATE });
    expect(heldOut).toEqual([]);
    expect(training.map(({ file, long }) => [file, long])).toEqual([
      ["a.flac", false],
      ["b.flac", false],
      ["rain.wav", true],
      ["tick.flac", true],
      ...Array.from({ length: 4 }, () => ["tick.flac", false]),
    ]);
    const [first, , rain] = training;
    expect(first?.audio.length).toBeGreaterThan(0.38 * 2 * RATE);
    expect(first?.audio.length).toBeLessThan(0.42 * 2 * RATE);
    expect(first?.onsets).toHaveLength(1);
    expect(rain?.audio).toHaveLength(10 * RATE);
    expect(rain?.onsets).toEqual([]);
  });

  test("holds out whole sources", async () => {
    const sounds = await Promise.all(
      Array.from({ length: 4 }, async (_, i) => [`${i}.wav`, encodeWav({ sampleRate: RATE, channels: [hit(i / 20)] })] as const),
    );
    const rows = sounds.map(([file]) => row(file));
    const directory = await written("held", rows, Object.fromEntries(sounds));
    const { training, heldOut } = await readRecordings(directory, { sampleRate: RATE });
    expect([training.length, heldOut.length]).toEqual([3, 1]);
  });

  test.each([
    ["no list", {}, /is no list of 1 to 100000 recordings/],
    ["an empty list", [], /is no list/],
    ["a number in it", [3], /Recording 0 of .* has no "file"/],
    ["a path that leaves the folder", [row("../secret.flac")], /names "\.\.\/secret\.flac", which does not lie in the folder/],
    ["no licence", [row("a", { licence: "" })], /Recording 0 .* has no "licence"/],
    ["an endless sound", [row("a", { seconds: 601 })], /has 601 seconds; more than 0 and at most 600/],
    ["too much of it", Array.from({ length: 25 }, () => row("a", { seconds: 600 })), /lists 250 minutes; at most 240/],
  ])("is refused with %s", async (name, rows, message) => {
    const directory = await written(name.replaceAll(" ", "-"), rows as object[]);
    const error = await readRecordingIndex(directory).catch((reason: unknown) => reason);
    expect(FoleyError.isInstance(error), String(error)).toBe(true);
    expect((error as FoleyError).message).toMatch(message);
  });

  test("is refused when nothing in it may be trained on", async () => {
    const directory = await written("none", [row("a", { licence: "CC BY-NC 4.0" })]);
    await expect(readRecordings(directory, { sampleRate: RATE })).rejects.toThrow(/No recording in .* allows training/);
  });
});

test("the file beside the weights names each maker and source once, with all that was taken", async () => {
  const of = (label: string, more: object = {}) => ({
    ...row("x", { label, source: "https://example.test/1", ...more }),
    long: false,
  });
  const text = attributionOf([of("rain"), of("rain heavy"), of("rain"), of("a|b", { author: "Another", licence: "CC BY 3.0" })]);
  const lines = text.split("\n").filter((line) => line.includes("example.test"));
  expect(lines).toEqual([
    "| Another | a\\|b | CC BY 3.0 | https://example.test/1 |",
    "| somebody | rain, rain heavy | CC0 | https://example.test/1 |",
  ]);
  await writeAttribution(folder, [of("rain")]);
  expect(await readFile(join(folder, "ATTRIBUTION.md"), "utf8")).toMatch(/^# Recordings/);
});
