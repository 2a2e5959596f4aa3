/** `foley dataset` as a person calls it: from videos to a report, an archive, and what is said when it cannot be done. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assembleCases } from "@foley-control/golden/node";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import type { PreparedManifest } from "@foley-control/train";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ran, writeQuickMini } from "../testing.js";

// Videos are encoded and decoded, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
let folder: string;
let videos: string;
let features: string;
let parts: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-dataset-"));
  [videos, features] = [join(folder, "videos"), join(folder, "features")];
  const model = join(folder, "model");
  await writeQuickMini(model, { vocabulary: CAPTION_VOCABULARY });
  parts = ["--model", model, "--device", "cpu", "--threads", "1"];
  await ran(["scenes", "-o", videos, "--count", "3", "--seconds", "2", "--size", "64", "--class", "rain"]);
  await writeFile(join(videos, "broken.mp4"), "Dear diary, ".repeat(100));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("prepare", () => {
  it("makes features, says how many, and has nothing left to do the second time", async () => {
    const argv = ["dataset", "prepare", videos, "-o", features, "--seconds", "1", ...parts];
    const { code, out, err } = await ran(argv);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^.*features {2}6 prepared, 1 failed; 6 worked on in .*\nNext: foley dataset report/),
    ]);
    expect(err).toMatch(/^opening the parts …\n\d\/4 videos, \d clips.*\/s/);
    expect((await readFile(join(features, "index.jsonl"), "utf8")).trim().split("\n")).toHaveLength(7);
    const again = await ran([...argv, "--json", "--quiet"]);
    expect([again.code, again.err]).toEqual([0, ""]);
    expect(JSON.parse(again.out)).toMatchObject({ worked: 0, counts: { prepared: 6, failed: 1, rejected: 0 } });
  });
  it("captions of scenes are those beside them", async () => {
    const rows = (await readFile(join(features, "index.jsonl"), "utf8")).trim().split("\n");
    const texts = rows.map((row) => (JSON.parse(row) as { texts: string[] }).texts[0]);
    const { caption } = JSON.parse(await readFile(join(videos, "scene-0.json"), "utf8")) as { caption: string };
    expect(texts.filter((text) => text === caption)).toHaveLength(2);
  });
  it("a folder of other parts, no clip at all, flags that do not go together", async () => {
    const other = await ran(["dataset", "prepare", videos, "-o", features, "--seconds", "2", ...parts]);
    expect([other.code, other.err]).toEqual([2, expect.stringMatching(/was prepared otherwise: it has seconds 1 instead of 2/)]);
    const none = await ran([
      "dataset",
      "prepare",
      videos,
      "-o",
      join(folder, "none"),
      "--seconds",
      "1",
      "--keep",
      "fps>=100",
      ...parts,
    ]);
    expect([none.code, none.err]).toEqual([
      1,
      expect.stringMatching(/No clip of .* was prepared: 0 prepared, 6 rejected, 1 failed\. See why with: foley dataset report/),
    ]);
    for (const [argv, message] of [
      [["--all", "--keep", "fps>=1"], /--all and --keep were both given/],
      [["--text", "x", "--text-from", "file"], /--text and --text-from were both given/],
      [["--pooling", "grid8"], /--pooling was given without --encoder/],
      [["--text-encoder", "x"], /--text-encoder was given without --backbone/],
      [["--keep", "loud"], /The rule "loud" cannot be read/],
      [["--jobs", "0"], /whole number from 1 to 256/],
      [["--share", "3/2"], /a share such as 2\/4 was expected/],
    ] as const) {
      const { code, err } = await ran(["dataset", "prepare", videos, "-o", join(folder, "wrong"), ...argv]);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });
  it("releases give the features, each share of the videos into its own folder", async () => {
    const cases = join(folder, "cases");
    await assembleCases(cases);
    const [sound, sight] = [join(cases, "sao/sao-tiny"), join(cases, "vjepa2/vjepa2-hf-tiny")];
    const releases = [
      "--backbone",
      sound,
      "--text-encoder",
      join(sound, "t5-tiny"),
      "--encoder",
      sight,
      "--device",
      "cpu",
      "--threads",
      "1",
    ];
    const env = { FOLEY_CONFIG_DIR: join(folder, "config"), HF_HOME: join(folder, "hub") };
    const directory = join(folder, "real");
    const argv = [
      "dataset",
      "prepare",
      videos,
      "-o",
      directory,
      "--seconds",
      "1",
      "--share",
      "2/2",
      "--all",
      "--json",
      ...releases,
    ];
    const { code, out } = await ran(argv, { env });
    // Of broken.mp4 and three scenes, the second and the fourth.
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ worked: 4, counts: expect.objectContaining({ prepared: 4, failed: 0 }) }),
    ]);
    const { audio, video, text } = JSON.parse(await readFile(join(directory, "dataset.json"), "utf8")) as PreparedManifest;
    expect([audio.deviation, audio.channels, audio.frames, video.tokens, text.length]).toEqual([true, 16, 22, 8, 128]);
  });
  it("Ctrl-C is not an error of the folder", async () => {
    const controller = new AbortController();
    controller.abort(new Error("interrupted"));
    const argv = ["dataset", "prepare", videos, "-o", join(folder, "stopped"), ...parts];
    expect((await ran(argv, { signal: controller.signal })).code).toBe(130);
  });
});

describe("report and export", () => {
  it("a funnel, scores and failures; as JSON too", async () => {
    const { code, out } = await ran(["dataset", "report", features, "--keep", "motion>0", "loudness>=p50"]);
    expect(code).toBe(0);
    expect(out).toMatch(/clips of 1 s: 6 prepared, 1 failed; 2 different captions/);
    expect(out).toMatch(/motion>0 +6 +6 +100 % +0\n +loudness>=p50 \(.*\) +6 +3 +50 % +3\n {2}3 remain \(50 %\)/);
    expect(out).toMatch(/score +clips +p0 +p10 +p25 +p50 +p75 +p90 +p100/);
    expect(out).toMatch(/broken\.mp4: .*is not a video/);
    const json = JSON.parse((await ran(["dataset", "report", features, "--json"])).out) as {
      funnel: { scored: number };
      failed: unknown[];
    };
    expect([json.funnel.scored, json.failed.length]).toEqual([6, 1]);
  });
  it("an archive of those that remain", async () => {
    const file = join(folder, "features.tar");
    const { code, out } = await ran(["dataset", "export", features, "-o", file, "--keep", "loudness>=p50", "--json"]);
    expect([code, JSON.parse(out)]).toEqual([0, { file, clips: 3 }]);
    expect((await readFile(file)).subarray(257, 262).toString()).toBe("ustar");
  });
  it("a folder without a dataset, a score that is not known", async () => {
    expect(await ran(["dataset", "report", videos])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no prepared dataset in/),
    });
    expect(await ran(["dataset", "report", features, "--keep", "beauty>1"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/"beauty".*Known are avOffsetMs/),
    });
  });
});

it("scenes are prepared without a video, and some of them kept to judge by", async () => {
  const scenes = join(folder, "scenes");
  const made = await ran([
    "dataset",
    "prepare",
    "scenes:2+1",
    "-o",
    scenes,
    "--seconds",
    "1",
    "--all",
    "--json",
    "--quiet",
    ...parts,
  ]);
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(JSON.parse(made.out)).toMatchObject({ counts: { prepared: 3 } });
  const argv = ["train", "bridge", "--data", scenes, "-o", join(folder, "bridge"), "--steps", "1", "--batch", "1", ...parts];
  const trained = await ran([...argv, "--json", "--quiet"]);
  expect(JSON.parse(trained.out.trim().split("\n").at(-1) as string)).toMatchObject({ ended: true, clips: 2, heldOut: 1 });
  const none = await ran([...argv, "--held-out", "test"]);
  expect([none.code, none.err]).toEqual([2, expect.stringMatching(/No clip is of the part "test".*Their parts are held-out/s)]);
});

it("training takes prepared data for the bridge alone", async () => {
  expect((await ran(["train", "denoiser", "--data", features])).err).toMatch(/unknown option '--data'/);
  expect((await ran(["train", "bridge", "--keep", "fps>=1"])).err).toMatch(/--keep was given without --data/);
});

it.each(["prepare", "report", "export"])("dataset %s says what it does, with an example", async (name) => {
  const { code, out } = await ran(["dataset", name, "--help"]);
  expect(code).toBe(0);
  expect(out).toMatch(/Examples?:\n {2}foley dataset/);
});
