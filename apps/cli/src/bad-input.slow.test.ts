/** Every kind of bad input: a clear sentence, an exit code that is not 0, nothing half-written, no stack trace. */

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { encodeVideo } from "@foley-control/media/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ran, writeQuickMini } from "./testing.js";

const fixture = (name: string) => goldenPath(`clips/${name}`);
const clip = fixture("h264-aac.mp4");
let base: string;
let folder: string;
let model: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-cli-"));
  model = join(base, "model");
  await writeQuickMini(model);
});
afterAll(() => rm(base, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(base, "case-"));
});

/** Runs `generate` into an empty folder and expects a refusal that leaves it empty. */
async function refused(video: string, args: readonly string[], code: number): Promise<string> {
  const before = await readdir(folder);
  const result = await ran(["generate", video, "--model", model, "--device", "cpu", "--steps", "1", "--quiet", ...args]);
  expect(result.err).not.toMatch(/^\s+at .+:\d+/m);
  expect(result.err).toMatch(/^foley: \S/);
  expect(result.out).toBe("");
  expect(result.code).toBe(code);
  expect(await readdir(folder)).toEqual(before);
  return result.err;
}
const outputs = (): readonly string[] => ["-o", join(folder, "out.mp4"), "--audio", join(folder, "out.wav")];

/** A file of the given bytes in a folder beside the outputs. */
async function inputFile(bytes: Uint8Array | string, name = "in.mp4"): Promise<string> {
  const inputs = await mkdtemp(join(base, "input-"));
  await writeFile(join(inputs, name), bytes);
  return join(inputs, name);
}
const cut = async (name: string, part: number) => {
  const whole = await readFile(fixture(name));
  return inputFile(whole.subarray(0, Math.floor(whole.length * part)));
};

describe("files that cannot be used", () => {
  it("missing", async () => {
    expect(await refused(join(base, "no.mp4"), outputs(), 1)).toMatch(/no\.mp4" does not exist/);
  });
  it("a folder", async () => {
    expect(await refused(base, outputs(), 1)).toMatch(/is a folder/);
  });
  it("empty", async () => {
    expect(await refused(await inputFile(""), outputs(), 1)).toMatch(/is empty \(0 bytes\)/);
  });
  it("text renamed .mp4", async () => {
    expect(await refused(await inputFile("Dear diary, today I was renamed.\n".repeat(100)), outputs(), 1)).toMatch(
      /is not a video or sound file/,
    );
  });
  it("sound only", async () => {
    expect(await refused(fixture("sound-only.mp4"), outputs(), 1)).toMatch(/no picture/);
  });
  it("an mp4 without its index", async () => {
    expect(await refused(await cut("index-last.mp4", 0.5), outputs(), 1)).toMatch(/has no index/);
  });
  it("an mp4 cut in the middle", async () => {
    expect(await refused(await cut("h264-aac.mp4", 0.7), outputs(), 1)).toMatch(/is cut off/);
  });
  it("zero frames", async () => {
    expect(await refused(fixture("zero-frames.mp4"), outputs(), 1)).toMatch(/without a single frame/);
  });
  it("longer than a model makes at once: all of it, or a part", async () => {
    const long = join(await mkdtemp(join(base, "input-")), "long.mp4");
    await encodeVideo(
      { frames: Array.from({ length: 13 }, () => new Uint8Array(16 * 16 * 3)), width: 16, height: 16, fps: 1 },
      long,
    );
    const part = await ran([
      "generate",
      long,
      "--model",
      model,
      "--device",
      "cpu",
      "--steps",
      "1",
      "--quiet",
      "--start",
      "2",
      "--duration",
      "1",
      "--audio",
      join(folder, "part.wav"),
    ]);
    expect([part.code, part.err]).toEqual([0, ""]);
  });
});

describe("outputs that cannot be written", () => {
  it("a folder that is not there", async () => {
    expect(await refused(clip, ["-o", join(folder, "no", "out.mp4")], 1)).toMatch(/the folder .* does not exist/);
  });
  it("a folder in place of a file", async () => {
    await mkdir(join(folder, "out.mp4"));
    expect(await refused(clip, ["-o", join(folder, "out.mp4")], 1)).toMatch(/it is a folder/);
  });
  it("the clip itself", async () => {
    const own = await inputFile(await readFile(clip));
    const before = await readFile(own);
    expect(await refused(own, ["-o", own], 1)).toMatch(/is the input/);
    expect(Buffer.compare(await readFile(own), before)).toBe(0);
  });
  it("an extension that is no video, or no sound", async () => {
    expect(await refused(clip, ["-o", join(folder, "out.txt")], 1)).toMatch(/\.mp4, \.mov, \.webm or \.mkv was expected/);
    expect(await refused(clip, ["--audio", join(folder, "out.mp3")], 1)).toMatch(/\.wav or \.flac was expected/);
  });
  it("a default name that is taken, unless forced", async () => {
    const own = join(folder, "own.mp4");
    await copyFile(clip, own);
    await writeFile(join(folder, "own.foley.mp4"), "mine");
    expect(await refused(own, [], 1)).toMatch(/is there already.*--force/);
    expect(await readFile(join(folder, "own.foley.mp4"), "utf8")).toBe("mine");
    const forced = await ran(["generate", own, "--model", model, "--device", "cpu", "--steps", "1", "--quiet", "--force"]);
    expect(forced).toEqual({ code: 0, out: `${join(folder, "own.foley.mp4")}\n`, err: "" });
  });
});

describe("mistakes in the call", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no steps", ["--steps", "0"], /--steps.*"0" was given; a whole number from 1 to 1000/],
    ["guidance NaN", ["--guidance", "NaN"], /--guidance.*"NaN" was given; a number/],
    ["no number", ["--video-guidance", ""], /--video-guidance.*"" was given/],
    ["strength", ["--video-strength", "9"], /a number from 0 to 2/],
    ["seed", ["--seed", "1.5"], /"1\.5" was given; an integer/],
    ["start", ["--start", "soon"], /"soon" was given; seconds/],
    ["start beyond the end", ["--start", "50"], /--start is 50; less than the 2 s/],
    ["an unknown sampler", ["--sampler", "magic"], /--sampler is "magic"; one of/],
    ["an unknown flag", ["--sede", "7"], /unknown option '--sede'\n\(Did you mean --seed\?\)/],
    ["an unknown device", ["--device", "toaster"], /Allowed choices are auto, cpu, webgpu, cuda/],
    ["an unknown precision", ["--precision", "fp16"], /Allowed choices are float32, float16, int8/],
    ["the prompt twice", ["one", "--prompt", "two"], /given twice/],
  ];
  it.each(cases)("%s", async (_, args, message) => {
    const before = await readdir(folder);
    const result = await ran(["generate", clip, "-o", join(folder, "out.mp4"), "--model", model, ...args]);
    expect(result.code).toBe(2);
    expect(result.err).toMatch(message);
    expect(result.err).not.toMatch(/^\s+at .+:\d+/m);
    expect(await readdir(folder)).toEqual(before);
  });
  it("no clip, no command, an unknown command", async () => {
    expect(await ran(["generate"])).toMatchObject({ code: 2, out: "" });
    expect((await ran(["generat"])).err).toMatch(/unknown command 'generat'\n\(Did you mean generate\?\)/);
    expect((await ran(["train", "everything"])).code).toBe(2);
  });
  it("a model that is not there", async () => {
    const result = await ran(["generate", clip, "-o", join(folder, "out.mp4"), "--model", join(base, "nothing"), "--quiet"]);
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err).toMatch(/nothing" is neither a folder nor the name of a released model/);
  });
  it("shows a stack only with --verbose", async () => {
    const result = await ran(["generate", join(base, "no.mp4"), "-o", join(folder, "out.mp4"), "--model", model, "--verbose"]);
    expect(result.err).toMatch(/^\s+at .+:\d+/m);
  });
});

describe("odd input that works", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["one frame of 20 ms", "one-frame-20ms.mp4", []],
    ["an 8K frame", "h264-8k.mp4", []],
    ["rotated", "rotated.mp4", []],
    ["variable frame rate", "variable-rate.mp4", []],
    ["an empty prompt", "h264-aac.mp4", ["--prompt", ""]],
    ["a prompt of 100,000 characters", "h264-aac.mp4", ["--prompt", "a metal ball ".repeat(7693)]],
    ["emoji", "h264-aac.mp4", ["--prompt", "🥁 👩‍🚀"]],
  ];
  it.each(cases)("%s", async (_, name, args) => {
    const target = join(folder, "out.mp4");
    const result = await ran([
      "generate",
      fixture(name),
      "--model",
      model,
      "--device",
      "cpu",
      "--steps",
      "1",
      "--quiet",
      "-o",
      target,
      ...args,
    ]);
    expect(result).toEqual({ code: 0, out: `${target}\n`, err: "" });
    expect(await readdir(folder)).toEqual(["out.mp4"]);
  });
});

describe("interruption", () => {
  it("leaves nothing behind and ends with 130", async () => {
    const controller = new AbortController();
    const result = await ran(["generate", clip, "--model", model, "--device", "cpu", "--steps", "200", ...outputs()], {
      signal: controller.signal,
      err: (text) => {
        if (text.startsWith("sampling")) controller.abort(new Error("interrupted"));
      },
    });
    expect(result.code).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });
});
