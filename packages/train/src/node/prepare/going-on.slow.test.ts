/** A folder that is prepared again: what is skipped, what is refused, what a kill costs. */
import { spawn } from "node:child_process";
import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { captionedFolder, prepareTiny, refusal, rowsOf, sceneVideo, tinyParts } from "./prepare.test-support.js";
import { openPreparedDataset } from "./prepared-dataset.js";

// Videos are encoded and decoded, and processes started, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
let folder = "";
let videos = "";
/** The videos prepared with two sets of parts. */
let [features, other] = ["", ""];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-going-on-"));
  videos = join(folder, "videos");
  await captionedFolder(videos);
  features = join(folder, "features");
  other = join(folder, "other");
  await prepareTiny(videos, features);
  await prepareTiny(videos, other, { parts: tinyParts(2) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder of what is prepared already. */
async function preparedCopy(name: string): Promise<string> {
  await cp(features, join(folder, name), { recursive: true });
  return join(folder, name);
}
/** A folder of videos whose seeds go from 1 to `count`; those that are there are not drawn again. */
async function someVideos(name: string, count: number): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (let seed = 1; seed <= count; seed++) {
    const video = `clip-0${seed}.mp4`;
    await (seed <= 5 ? copyFile(join(videos, video), join(path, video)) : sceneVideo(join(path, video), seed));
  }
  return path;
}

describe("going on", () => {
  test("a second run does nothing; a new video is the only work; a changed one is done again", async () => {
    const source = await someVideos("growing", 2);
    const directory = join(folder, "growing-out");
    await prepareTiny(source, directory);
    const index = await readFile(join(directory, "index.jsonl"));
    expect((await prepareTiny(source, directory)).worked).toBe(0);
    expect(await readFile(join(directory, "index.jsonl"))).toEqual(index);
    await sceneVideo(join(source, "clip-00.mp4"), 9);
    expect(await prepareTiny(source, directory)).toMatchObject({ worked: 1, counts: { prepared: 3 } });
    // Touched, but the same: read again, found to be the same, not encoded again.
    await utimes(join(source, "clip-01.mp4"), new Date(1e12), new Date(1e12));
    expect((await prepareTiny(source, directory)).worked).toBe(0);
    await sceneVideo(join(source, "clip-01.mp4"), 10);
    expect(await prepareTiny(source, directory)).toMatchObject({ worked: 1, counts: { prepared: 3 } });
    const dataset = await openPreparedDataset(directory);
    expect(dataset.clips.length).toBe(3);
    expect((await dataset.video([0, 1, 2])).length).toBe(3 * 8 * 12);
    await dataset.close();
  });

  test("a signal ends it; what is finished is kept and not done again", async () => {
    const directory = join(folder, "stopped");
    const controller = new AbortController();
    const stop = prepareTiny(videos, directory, {
      jobs: 1,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 3) controller.abort(new Error("enough"));
      },
    });
    await expect(stop).rejects.toThrow("enough");
    const kept = (await rowsOf(directory)).filter(({ outcome }) => outcome === "prepared").length;
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(await prepareTiny(videos, directory)).toMatchObject({ worked: 5 - kept, counts: { prepared: 5 } });
    expect(await readdir(directory)).not.toContain(".lock");
  });

  test("killed at any moment, it goes on, and loses no more than a shard", async () => {
    const many = await someVideos("many", 8);
    const straight = join(folder, "straight");
    await prepareTiny(many, straight);
    const directory = join(folder, "killed");
    const script = fileURLToPath(new URL("./prepare.test-support.ts", import.meta.url));
    let finished = 0;
    for (const stopAt of [1, 3]) {
      const child = spawn(process.execPath, ["--conditions=@foley-control/source", "--import", "tsx", script, many, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let seen = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on("data", (chunk: Buffer) => {
          seen = Math.max(seen, ...chunk.toString().trim().split("\n").map(Number));
          if (seen >= finished + stopAt) child.kill("SIGKILL");
        });
        child.on("close", () => resolve());
      });
      const rows = await rowsOf(directory);
      expect(rows.length, `after a kill at ${seen}`).toBeGreaterThanOrEqual(seen - 2);
      finished = rows.length;
    }
    // The lock of the dead process is still there, and taken over.
    expect(await readdir(directory)).toContain(".lock");
    expect(await prepareTiny(many, directory)).toMatchObject({ counts: { prepared: 8 } });
    const [one, other] = [await openPreparedDataset(straight), await openPreparedDataset(directory)];
    expect(other.clips.map(({ key }) => key).sort()).toEqual(one.clips.map(({ key }) => key).sort());
    for (const [i, clip] of one.clips.entries()) {
      const j = other.clips.findIndex(({ key }) => key === clip.key);
      expect(await other.video([j])).toEqual(await one.video([i]));
      expect(await other.latents([j])).toEqual(await one.latents([i]));
    }
    await Promise.all([one.close(), other.close()]);
  });

  test("a line that was cut off is removed, wherever it is; one that is no row is named", async () => {
    const directory = await preparedCopy("torn");
    const index = join(directory, "index.jsonl");
    const whole = await readFile(index);
    await appendFile(index, '{"key": "clip-0');
    const dataset = await openPreparedDataset(directory);
    expect(dataset.clips.length).toBe(5);
    await dataset.close();
    expect((await prepareTiny(videos, directory)).worked).toBe(0);
    expect(await readFile(index)).toEqual(whole);
    await truncate(index, whole.length - 5);
    expect((await prepareTiny(videos, directory)).worked).toBe(1);
    // One who went on behind a torn line, and a block that a loss of power left empty.
    await appendFile(index, `{"key":"clip-0\n\0\0\0{"key":"clip-1${whole.toString()}`);
    expect((await prepareTiny(videos, directory)).worked).toBe(0);
    expect(
      (await readFile(index, "utf8"))
        .split("\n")
        .filter((line) => line !== "")
        .every(isJson),
    ).toBe(true);
    await writeFile(index, `name,caption\n${whole.toString()}`);
    expect((await refusal(prepareTiny(videos, directory))).message).toMatch(/Line 1 of .*index\.jsonl is no row/);
    expect(await readFile(index, "utf8")).toContain("name,caption");
    await writeFile(index, `{"key": 1}\n${whole.toString()}`);
    expect((await refusal(prepareTiny(videos, directory))).message).toMatch(/Line 1 of .*index\.jsonl is no row/);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("one folder, one run, one set of parts", () => {
  test("a second run is refused while the first writes", async () => {
    const directory = join(folder, "locked");
    await mkdir(directory);
    const lock = join(directory, ".lock");
    await writeFile(lock, `${process.pid} ${hostname()} other`);
    const alive = setInterval(() => void utimes(lock, new Date(), new Date()), 200);
    const error = await refusal(prepareTiny(videos, directory)).finally(() => clearInterval(alive));
    expect([error.code, error.message]).toEqual([
      "not-writable",
      expect.stringMatching(new RegExp(`locked is being written by another run \\(process ${process.pid} on `)),
    ]);
    expect(await readdir(directory)).toEqual([".lock"]);
  });
  test("other parts or another length are refused, and it is said which", async () => {
    const directory = features;
    expect((await refusal(prepareTiny(videos, directory, { parts: tinyParts(2) }))).message).toMatch(
      /was prepared otherwise: it has video\.digest \w+ instead of \w+, audio\.digest/,
    );
    expect((await refusal(prepareTiny(videos, directory, { seconds: 0.5 }))).message).toMatch(/seconds 1 instead of 0\.5/);
  });
  test("folders of the same parts are read as one; of others they are not", async () => {
    const third = await preparedCopy("third");
    const both = await openPreparedDataset([features, third]);
    expect(both.clips.length).toBe(10);
    expect((await both.video([0, 9])).length).toBe(2 * 8 * 12);
    await both.close();
    expect((await refusal(openPreparedDataset([features, other]))).message).toMatch(/different parts/);
  });
  test("shares of several processes make the whole", async () => {
    const [one, two] = [0, 1].map((index) => join(folder, `share-${index}`)) as [string, string];
    await Promise.all([one, two].map((directory, index) => prepareTiny(videos, directory, { share: { index, count: 2 } })));
    const both = await openPreparedDataset([one, two]);
    expect(both.clips.map(({ source }) => source.path)).toEqual([1, 3, 5, 2, 4].map((seed) => `clip-0${seed}.mp4`));
    await both.close();
    expect((await refusal(prepareTiny(videos, one, { share: { index: 2, count: 2 } }))).message).toMatch(
      /2 of 2; 0 to count − 1/,
    );
  });
  test("a shard that is lost, cut off or foreign is named", async () => {
    const directory = await preparedCopy("damaged");
    const shard = join(directory, "clips-00001.safetensors");
    const whole = await readFile(shard);
    await truncate(shard, whole.length - 100);
    const cut = await openPreparedDataset(directory);
    expect((await refusal(cut.video([2]))).message).toContain(shard);
    expect((await cut.video([0])).length).toBe(8 * 12);
    await cut.close();
    await copyFile(join(other, "clips-00001.safetensors"), shard);
    const foreign = await openPreparedDataset(directory);
    expect((await refusal(foreign.latents([3]))).message).toMatch(/not made with the parts/);
    await foreign.close();
    await rm(shard);
    expect((await refusal(prepareTiny(videos, directory))).message).toMatch(/clips-00001\.safetensors is not there/);
    expect((await refusal(openPreparedDataset(join(folder, "nowhere")))).message).toMatch(/no prepared dataset/);
  });
});
