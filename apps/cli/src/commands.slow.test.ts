/** The commands as a person calls them. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareOnsets, comparisonText, lagColour } from "./sync/compare.js";
import { painter } from "./terminal/style.js";
import { ran, writeQuickMini } from "./testing.js";

const clip = goldenPath("clips/h264-aac.mp4");
let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-cli-"));
  model = join(folder, "model");
  await writeQuickMini(model, { vocabulary: CAPTION_VOCABULARY });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("help", () => {
  it.each(["generate", "events", "demo", "scenes", "sync", "train", "doctor"])(
    "%s says what it does, with an example",
    async (name) => {
      const { code, out } = await ran([name, "--help"]);
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`Usage: foley ${name}`));
      expect(out).toMatch(/Examples?:\n {2}foley/);
    },
  );
  it("the version is that of the package", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
    expect(await ran(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("generate", () => {
  it("the same seed gives the same bytes, and --json says what was done", async () => {
    const audio = [join(folder, "a.wav"), join(folder, "b.wav")] as const;
    const results = [];
    for (const path of audio) {
      results.push(
        await ran([
          "generate",
          clip,
          "a glass zeppelin",
          "--model",
          model,
          "--device",
          "cpu",
          "--steps",
          "2",
          "--seed",
          "9",
          "--audio",
          path,
          "--json",
        ]),
      );
    }
    expect(Buffer.compare(await readFile(audio[0]), await readFile(audio[1]))).toBe(0);
    const result = JSON.parse(results[0]?.out ?? "") as {
      video: unknown;
      settings: { seed: number; steps: number };
      warnings: string[];
      duration: number;
    };
    expect(result).toMatchObject({ video: null, duration: 2, settings: { seed: 9, steps: 2 } });
    expect(result.warnings).toEqual(['The model does not know the word "zeppelin".']);
    expect(results[0]?.err).toMatch(/Note: The model does not know/);
    expect(results[0]?.err).toMatch(/^sampling …$/m);
  });
  it("--precision float16 gives other bytes of the same length", async () => {
    const [exact, half] = [join(folder, "exact.wav"), join(folder, "half.wav")] as const;
    const make = ["generate", clip, "a glass ball", "--model", model, "--device", "cpu", "--steps", "1", "--quiet"];
    expect(await ran([...make, "--audio", exact])).toMatchObject({ code: 0 });
    expect(await ran([...make, "--audio", half, "--precision", "float16"])).toMatchObject({ code: 0 });
    const [first, second] = [await readFile(exact), await readFile(half)];
    expect(second.length).toBe(first.length);
    expect(Buffer.compare(first, second)).not.toBe(0);
  });
});

describe("demo", () => {
  it("renders, generates, compares, and says where everything is", async () => {
    const out = join(folder, "demo");
    const result = await ran(["demo", "-o", out, "--model", model, "--device", "cpu", "--quiet"]);
    expect([result.code, result.err]).toEqual([0, ""]);
    expect((await readdir(out)).sort()).toEqual([
      "demo-film.json",
      "demo-film.mp4",
      "demo-film.silent.mp4",
      "demo-film.wav",
      "demo.json",
      "demo.mp4",
      "demo.silent.mp4",
      "demo.wav",
    ]);
    expect(result.out).toMatch(/seen at \(s\) +heard at \(s\) +sound is/);
    expect(result.out).toMatch(/of \d+ events have their sound within 100 ms/);
    expect(result.out).toContain(join(out, "demo.mp4"));
  });
});

describe("scenes and sync", () => {
  it("a rendered scene is in sync with its own truth", async () => {
    const out = join(folder, "scenes");
    expect(
      (await ran(["scenes", "--count", "1", "--seed", "5", "--class", "strike", "--size", "64", "-o", out, "--quiet"])).code,
    ).toBe(0);
    const { out: text, code } = await ran([
      "sync",
      join(out, "scene-5.mp4"),
      "--events",
      join(out, "scene-5.json"),
      "--tolerance",
      "30",
      "--json",
    ]);
    expect(code).toBe(0);
    const { f1, meanAbsoluteLagMs, source } = JSON.parse(text) as { f1: number; meanAbsoluteLagMs: number; source: string };
    expect(source).toBe("given");
    expect(f1).toBeGreaterThan(0.85);
    expect(meanAbsoluteLagMs).toBeLessThan(12);
    expect((await ran(["scenes", "--class", "opera", "-o", out])).err).toMatch(/--class was given "opera"/);
  });
  it("events come in three forms, and everything else is refused", async () => {
    const path = join(folder, "events.json");
    const lines = async (content: string) => {
      await writeFile(path, content);
      return ran(["sync", clip, "--events", path, "--json"]);
    };
    for (const content of [
      "[0.5, 1]",
      '[{"time":0.5},{"time":1}]',
      '{"events":[{"time":0.5,"kind":"hit"},{"time":1},{"time":1.5,"kind":"peak"}]}',
    ]) {
      expect(JSON.parse((await lines(content)).out)).toMatchObject({ events: [0.5, 1] });
    }
    expect((await lines("{}")).err).toMatch(/holds no list of events/);
    expect((await lines("[{}]")).err).toMatch(/Event 1 of .* has nothing as time/);
    expect((await lines("times")).err).toMatch(/a column "time" was expected/);
    expect((await ran(["sync", clip, "--events", join(folder, "none.json")])).code).toBe(1);
  });
  it("without given events those that the model finds in the picture count", async () => {
    const out = join(folder, "seen");
    const make = ["scenes", "--count", "1", "--seed", "1000000005", "--class", "bounce", "--size", "128", "-o", out, "--quiet"];
    expect((await ran(make)).code).toBe(0);
    const { out: text } = await ran(["sync", join(out, "scene-1000000005.mp4"), "--json"]);
    const { events, source, f1 } = JSON.parse(text) as { events: number[]; source: string; f1: number };
    expect(source).toBe("picture");
    expect(events.length).toBeGreaterThan(2);
    expect(f1).toBeGreaterThan(0.6);
  });
});

describe("the comparison", () => {
  it("colours lags by a film frame and by ITU-R BT.1359", () => {
    expect([-100, -44, -41, 0, 41, 44, 124, 126].map(lagColour)).toEqual([
      "red",
      "yellow",
      "green",
      "green",
      "green",
      "yellow",
      "yellow",
      "red",
    ]);
  });
  it("lists pairs and what is left over in order of time", () => {
    const text = comparisonText(compareOnsets([0.52, 2.5], [0.5, 1], 0.1), painter(false, {}));
    expect(
      text
        .split("\n")
        .slice(1, 4)
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ["0.500", "0.520", "+20 ms"],
      ["1.000", "no sound"],
      ["2.500", "nothing seen"],
    ]);
    expect(text).toMatch(
      /1 of 2 events have their sound within 100 ms, 20 ms apart on average; 1 onsets without an event\. F1 0\.50/,
    );
  });
  it("uses colours only for terminals that want them", () => {
    expect(painter(true, {})("x", "red")).toBe("\u001b[31mx\u001b[0m");
    expect(painter(true, { NO_COLOR: "1" })("x", "red")).toBe("x");
  });
});
