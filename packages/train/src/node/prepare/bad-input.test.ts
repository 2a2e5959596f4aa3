/** Files, lists and folders that cannot be used, or not in part: the run goes on and says what was wrong. */
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { defaultRules, parseRule } from "../../data/rules.js";
import type { PrepareProgress } from "./prepare.js";
import { prepareTiny, refusal, rowsOf, sceneFolder, sceneVideo } from "./prepare.test-support.js";
import { openPreparedDataset } from "./prepared-dataset.js";

// Videos are encoded and decoded, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
let folder = "";
let videos = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-bad-input-"));
  videos = join(folder, "videos");
  await sceneFolder(videos, 2);
  await writeFile(join(videos, "clip-01.txt"), "a cup falls\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const outcomes = async (directory: string) =>
  Object.fromEntries((await rowsOf(directory)).map(({ source, outcome }) => [source.path, outcome]));

describe("bad input", () => {
  test("broken, silent, mute, duplicate, empty and huge files; the run goes on and says what was wrong", async () => {
    const bad = join(folder, "bad");
    await sceneFolder(bad, 2);
    const whole = await readFile(join(bad, "clip-01.mp4"));
    await writeFile(join(bad, "cut.mp4"), whole.subarray(0, whole.length * 0.6));
    await writeFile(join(bad, "empty.mp4"), "");
    await writeFile(join(bad, "text.mp4"), "Dear diary, ".repeat(500));
    await copyFile(join(bad, "clip-01.mp4"), join(bad, "twin.mp4"));
    await sceneVideo(join(bad, "mute.mp4"), 3, { mute: true });
    await sceneVideo(join(bad, "silent.mp4"), 4, { silent: true });
    await sceneVideo(join(bad, "short.mp4"), 5, { seconds: 0.5 });
    // A terabyte that takes no room on the disk, behind a real video and behind nothing.
    await copyFile(join(bad, "clip-02.mp4"), join(bad, "vast.mp4"));
    await truncate(join(bad, "vast.mp4"), 2 ** 40);
    await writeFile(join(bad, "zeros.mp4"), "");
    await truncate(join(bad, "zeros.mp4"), 2 ** 33);
    const directory = join(folder, "bad-out");
    const seen: PrepareProgress[] = [];
    const rules = defaultRules(8000);
    const report = await prepareTiny(bad, directory, { rules, jobs: 2, onProgress: (progress) => seen.push(progress) });
    expect(await outcomes(directory)).toEqual({
      "clip-01.mp4": "prepared",
      "clip-02.mp4": "prepared",
      "cut.mp4": "failed",
      "empty.mp4": "failed",
      "mute.mp4": "failed",
      "short.mp4": "failed",
      "silent.mp4": "rejected",
      "text.mp4": "failed",
      "twin.mp4": "duplicate",
      "vast.mp4": "failed",
      "zeros.mp4": "failed",
    });
    const reasons = Object.fromEntries((await rowsOf(directory)).map(({ source, reason }) => [source.path, reason]));
    expect(reasons["cut.mp4"]).toMatch(/cut off|no index/);
    expect(reasons["empty.mp4"]).toMatch(/empty/);
    expect(reasons["mute.mp4"]).toMatch(/no sound/);
    expect(reasons["short.mp4"]).toMatch(/0\.5 s of picture and sound; a clip needs 1 s/);
    expect(reasons["silent.mp4"]).toMatch(/peakDb is -120, not peakDb>=-60/);
    expect(reasons["text.mp4"]).toMatch(/^"text\.mp4" is not a video/);
    expect(reasons["twin.mp4"]).toMatch(/The same as clip-01\.mp4#0/);
    expect(reasons["vast.mp4"]).toMatch(/1099511627776 bytes; at most 17179869184/);
    expect(report.counts).toEqual({ prepared: 2, rejected: 1, failed: 7, duplicate: 1, missing: 0 });
    expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
    expect(seen.at(-1)).toMatchObject({ total: 11, counts: report.counts, secondsLeft: 0 });
    // Nothing of it is read again, but for what failed.
    expect(await prepareTiny(bad, directory, { rules })).toMatchObject({ worked: 0, counts: report.counts });
  });

  test("a file that crashes a decoder fails, and the others are prepared", async () => {
    const crashing = join(folder, "crashing");
    await sceneFolder(crashing, 2);
    await copyFile(
      fileURLToPath(new URL("../../../../media/test/damaged/crash-in-vorbis.webm", import.meta.url)),
      join(crashing, "crash.webm"),
    );
    const directory = join(folder, "crashing-out");
    await prepareTiny(crashing, directory, { rules: defaultRules(8000), jobs: 2 });
    expect(await outcomes(directory)).toEqual({ "clip-01.mp4": "prepared", "clip-02.mp4": "prepared", "crash.webm": "failed" });
  });

  test("looser rules take in what was rejected, from its scores alone where they still speak against it", async () => {
    const directory = join(folder, "loose");
    const source = join(folder, "loose-in");
    await sceneFolder(source, 1);
    await sceneVideo(join(source, "silent.mp4"), 4, { silent: true });
    const rules = (...texts: string[]) => ({ rules: texts.map(parseRule) });
    expect((await prepareTiny(source, directory, rules("peakDb>=-60"))).counts).toMatchObject({ prepared: 1, rejected: 1 });
    expect(await prepareTiny(source, directory, rules("silentShare<=0.9"))).toMatchObject({ worked: 0 });
    expect(await prepareTiny(source, directory, rules("silentShare<=1"))).toMatchObject({ worked: 1, counts: { prepared: 2 } });
    const strict = await openPreparedDataset(directory, { rules: [parseRule("loudness>=p60")] });
    expect(strict.clips.map(({ source: { path } }) => path)).toEqual(["clip-01.mp4"]);
    await strict.close();
    expect((await refusal(openPreparedDataset(directory, { rules: [parseRule("loudness>0")] }))).message).toMatch(
      /loudness>0 keeps 0 of 2/,
    );
  });

  test("a picture that begins late is an offset; the filling of a sound's encoder is none", async () => {
    const source = join(folder, "late");
    await mkdir(source);
    for (const name of ["delayed-picture.mp4", "h264-aac.mp4"]) await copyFile(goldenPath(`clips/${name}`), join(source, name));
    const directory = join(folder, "late-out");
    await prepareTiny(source, directory, { rules: [parseRule("avOffsetMs>=-100")] });
    const rows = await rowsOf(directory);
    const [late, plain] = [rows[0], rows.at(-1)];
    // The picture begins 12 of 25 frames after the sound.
    expect(late?.outcome).toBe("rejected");
    expect(late?.scores?.["avOffsetMs"]).toBeCloseTo(-480, 0);
    expect([plain?.outcome, plain?.scores?.["avOffsetMs"]]).toEqual(["prepared", 0]);
  });

  test("a list that names what is not there, and what lies outside", async () => {
    const list = join(folder, "list.jsonl");
    await writeFile(join(folder, "secret.mp4"), await readFile(join(videos, "clip-01.mp4")));
    const entries = ["clip-01.mp4", "gone.mp4", "../secret.mp4", join(folder, "secret.mp4"), "clip-02"];
    await writeFile(list, entries.map((video) => JSON.stringify({ video })).join("\n"));
    const directory = join(folder, "listed-out");
    expect((await prepareTiny(list, directory, { media: videos })).counts).toMatchObject({ prepared: 2, missing: 3 });
    expect((await refusal(prepareTiny(list, directory, { split: "test" }))).message).toMatch(/no clips of the part "test"/);
  });

  test("sources that are none", async () => {
    const directory = join(folder, "none");
    await mkdir(join(folder, "void"));
    expect((await refusal(prepareTiny(join(folder, "void"), directory))).message).toMatch(/holds no videos/);
    expect((await refusal(prepareTiny(join(folder, "absent"), directory))).message).toMatch(/absent" does not exist/);
    expect((await refusal(prepareTiny(join(videos, "clip-01.txt"), directory))).message).toMatch(/no list of a known format/);
    expect((await refusal(prepareTiny(videos, directory, { jobs: 0 }))).message).toMatch(/options\.jobs is 0/);
    expect((await refusal(prepareTiny(videos, directory, { rules: [parseRule("loudness>=p10")] }))).message).toMatch(
      /loudness>=p10 needs/,
    );
    expect((await refusal(prepareTiny(videos, join(videos, "clip-01.txt")))).code).toBe("not-writable");
  });
});
