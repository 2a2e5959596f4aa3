/** A disk that is full, a folder that is moved away amid the work, pipes in the place of files: said in a sentence, and nothing half-made stays. */
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { ran, writeQuickMini } from "./testing.js";

const clip = goldenPath("clips/h264-aac.mp4");
let folder: string;
let model: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-faults-"));
  await writeQuickMini(join(folder, "model"));
  model = ["--model", join(folder, "model"), "--device", "cpu"];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const generate = (...more: string[]) => ["generate", "--prompt", "rain", "--steps", "1", ...model, ...more];

/** A disk of some kilobytes, for the superuser of a Linux that lets itself be mounted on. */
async function smallDisk(context: TestContext, kilobytes: number): Promise<{ path: string } & Disposable> {
  const path = await mkdtemp(join(folder, "disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path]);
  if (status !== 0) context.skip("No small disk can be made here: that takes the superuser of a Linux, and permission to mount.");
  return { path, [Symbol.dispose]: () => void spawnSync("umount", [path]) };
}

describe("a full disk", () => {
  it("is said; nothing is left on it", async (context) => {
    using disk = await smallDisk(context, 16);
    for (const flags of [
      ["-o", join(disk.path, "out.mp4")],
      ["--audio", join(disk.path, "out.wav")],
    ]) {
      const { code, err } = await ran([...generate(clip, ...flags), "--quiet"]);
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^foley: "\S+out\.(mp4|wav)" cannot be written: the disk is full\./),
      ]);
      expect(await readdir(disk.path)).toEqual([]);
    }
  });
  it("ends a batch, which goes on when there is room", async (context) => {
    using disk = await smallDisk(context, 64);
    const out = join(disk.path, "made");
    const shots = join(folder, "shots");
    await mkdir(shots);
    for (const name of ["a", "b", "c"]) await copyFile(clip, join(shots, `${name}.mp4`));
    const argv = ["batch", shots, "--prompt", "rain", "--output-dir", out, "--steps", "1", "--quiet", ...model];
    const full = await ran(argv);
    expect([full.code, full.err]).toEqual([
      1,
      expect.stringMatching(/^The same command goes on.*\nfoley: .*: the disk is full\./),
    ]);
    const made = full.out.trimEnd().split("\n");
    expect(made).toEqual(made.slice(0, 2).filter((path) => path !== ""));
    const names = async () =>
      (await readdir(out)).filter((name) => !/^(batch|report)\./.test(name)).map((name) => join(out, name));
    expect(await names()).toEqual(made);
    expect(spawnSync("mount", ["-o", "remount,size=64m", disk.path]).status).toBe(0);
    const on = await ran(argv);
    expect([on.code, on.err]).toEqual([0, ""]);
    expect([...made, ...on.out.trimEnd().split("\n")]).toEqual(["a", "b", "c"].map((name) => join(out, `${name}.foley.mp4`)));
    expect((await names()).length).toBe(3);
  });
  it("ends the preparation of a dataset, which goes on when there is room", async (context) => {
    using disk = await smallDisk(context, 16);
    const out = join(disk.path, "features");
    const videos = join(folder, "videos");
    await mkdir(videos);
    await ran(["scenes", "-o", videos, "--count", "2", "--seconds", "2", "--size", "64", "--class", "strike", "--quiet"]);
    const argv = ["dataset", "prepare", videos, "-o", out, "--seconds", "2", "--all", "--quiet", ...model];
    const full = await ran(argv);
    expect([full.code, full.err]).toEqual([1, expect.stringMatching(/cannot be written: the disk is full/)]);
    expect(spawnSync("mount", ["-o", "remount,size=64m", disk.path]).status).toBe(0);
    expect((await ran(argv)).code).toBe(0);
    expect((await readFile(join(out, "index.jsonl"), "utf8")).trim().split("\n").length).toBe(2);
    expect((await readdir(out)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});

it("an output folder that is moved away amid the work is missed, and nothing is left where it went", async () => {
  const [before, after] = [join(folder, "before"), join(folder, "after")];
  await mkdir(before);
  let moved: Promise<void> | undefined;
  const err: string[] = [];
  const { code } = await ran(generate(clip, "-o", join(before, "out.mp4")), {
    err(text) {
      err.push(text);
      if (text.startsWith("sampling")) moved ??= rename(before, after);
    },
  });
  await moved;
  expect([code, err.at(-1)]).toEqual([
    1,
    expect.stringMatching(/before\/out\.mp4" cannot be written: the folder "\S+before" does not exist/),
  ]);
  expect(await readdir(after)).toEqual([]);
});

describe("pipes", () => {
  /** Runs with pipes; the clip comes in pieces. */
  async function piped(argv: readonly string[], content: Uint8Array, broken = false) {
    const out: Uint8Array[] = [];
    const input = async function* () {
      for (let at = 0; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
    };
    const output = async (bytes: Uint8Array): Promise<void> => {
      if (broken) throw new Error("no reader");
      out.push(bytes);
    };
    const result = await ran([...argv, "--quiet"], { pipes: { input, output } });
    return { ...result, bytes: Buffer.concat(out) };
  }
  const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith(`.foley.${process.pid}-`));

  it("a clip from the standard input, its sound to the standard output, as from and to files", async () => {
    const wav = join(folder, "file.wav");
    expect((await ran([...generate(clip, "--audio", wav), "--quiet"])).code).toBe(0);
    for (const flag of ["-o", "--audio"]) {
      const { code, out, err, bytes } = await piped(generate("-", flag, "-"), await readFile(clip));
      expect([code, out, err]).toEqual([0, "", ""]);
      expect(Buffer.compare(bytes, await readFile(wav))).toBe(0);
    }
    const video = join(folder, "piped.mkv");
    expect(await piped(generate("-", "-o", video), await readFile(clip))).toMatchObject({ code: 0, out: `${video}\n` });
    expect(await left()).toEqual([]);
  });

  it("what cannot be is said before a model is loaded", async () => {
    const none = new Uint8Array();
    const cases: [readonly string[], number, RegExp][] = [
      [["-", "-o", "-"], 1, /The standard input is empty/],
      [["-"], 2, /has no name to make another from.*-o or --audio/],
      [["-", clip, "--output-dir", folder], 2, /it comes alone/],
      [[clip, "-o", "-", "--audio", "a.wav"], 2, /--audio names it again/],
      [[clip, "-o", "-", "--json"], 2, /Give --json or -, not both/],
      [[clip, "-o", "-", "--takes", "2"], 2, /One sound goes to the standard output/],
    ];
    for (const [argv, code, message] of cases) {
      const result = await piped(["generate", ...argv, "--prompt", "rain", "--model", "/nowhere"], none);
      expect([result.code, result.err]).toEqual([code, expect.stringMatching(message)]);
    }
    const terminal = { pipes: {} };
    expect((await ran(["generate", "-", "-o", "a.wav"], terminal)).err).toMatch(/nothing is piped in/);
    expect((await ran(["generate", clip, "rain", "-o", "-"], terminal)).err).toMatch(/A terminal cannot play a sound/);
    expect((await ran(["generate", clip, "-"], terminal)).err).toMatch(/"-" is a file, and stands where the prompt/);
    expect(await left()).toEqual([]);
  });
});
