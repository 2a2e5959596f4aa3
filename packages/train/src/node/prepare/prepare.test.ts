/** From videos to shards and back: what is written, what is skipped, what is refused, and what a kill costs. */

import { execFileSync, spawn } from "node:child_process";
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { encodeVideo, openMedia, resamplePcm } from "@foley-control/media/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { encodeSegments, segmentPixels } from "@foley-control/video-encoder";
import { parseSafetensors } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ClipRow } from "../../data/clip-row.js";
import type { ClipEvidence, ClipScorer } from "../../data/clip-scorer.js";
import { defaultRules, parseRule } from "../../data/rules.js";
import { tarEntries } from "../../data/tar.js";
import { exportTar } from "./export-tar.js";
import { readIndex } from "./index-file.js";
import type { PrepareProgress, PrepareReport } from "./prepare.js";
import { CLIP_SECONDS, prepareTiny, sceneFolder, sceneVideo, tinyParts } from "./prepare.test-support.js";
import { openPreparedDataset } from "./prepared-dataset.js";

// Videos are encoded and decoded, and processes started, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
let folder = "";
let videos = "";
/** The videos prepared with two sets of parts. */
let [features, other] = ["", ""];
let first: PrepareReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-prepare-"));
  videos = join(folder, "videos");
  await sceneFolder(videos, 5);
  await writeFile(join(videos, "clip-01.txt"), "a cup falls\n");
  await writeFile(join(videos, "clip-02.json"), '{"caption": "a cup"}');
  await writeFile(join(videos, "clip-03.txt"), "a cup");
  features = join(folder, "features");
  other = join(folder, "other");
  first = await prepareTiny(videos, features, { jobs: 3 });
  await prepareTiny(videos, other, { parts: tinyParts(2) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rowsOf = async (directory: string): Promise<ClipRow[]> => [...(await readIndex(join(directory, "index.jsonl"))).values()];
const outcomes = async (directory: string) =>
  Object.fromEntries((await rowsOf(directory)).map(({ source, outcome }) => [source.path, outcome]));
const refusal = async (work: Promise<unknown>): Promise<FoleyError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(FoleyError.isInstance(error), String(error)).toBe(true);
  return error as FoleyError;
};

describe("features", () => {
  test("are what the parts give for the same pictures and sound", async () => {
    const directory = features;
    expect(first).toMatchObject({ worked: 5, counts: { prepared: 5, failed: 0 } });
    expect((await readdir(directory)).sort()).toEqual([
      "clips-00000.safetensors",
      "clips-00001.safetensors",
      "clips-00002.safetensors",
      "dataset.json",
      "index.jsonl",
    ]);
    const dataset = await openPreparedDataset(directory);
    const { video, audio, text } = dataset.manifest;
    expect([video.tokens, video.tokenWidth, audio.channels, audio.frames, audio.deviation]).toEqual([8, 12, 3, 250, true]);

    const { encoder, backbone } = tinyParts();
    const { codec } = backbone;
    const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
    const index = 3;
    using media = await openMedia(join(videos, "clip-04.mp4"));
    const network = await runtime.load(encoder.graph({ frames: encoder.window }), encoder.weights);
    const pictures = media.frames({ fps: encoder.frameRate, size: encoder.imageSize, duration: CLIP_SECONDS });
    const tokens = await encodeSegments(network, encoder, segmentPixels(encoder, pictures, encoder.imageSize));
    const stored = await dataset.video([index]);
    expect(stored.length).toBe(tokens.data.length);
    for (const [i, value] of stored.entries()) expect(Math.abs(value - (tokens.data[i] as number))).toBeLessThan(2e-3);

    const sound = resamplePcm(await media.audio({ duration: CLIP_SECONDS }), codec.sampleRate).channels[0] as Float32Array;
    const samples = new Float32Array(2 * 8000);
    for (const channel of [0, 1]) samples.set(sound.subarray(0, 8000), channel * 8000);
    const encode = await runtime.load(codec.encodeGraph({ frames: 250 }), codec.weights);
    const { latents } = await encode.run({ audio: { dtype: "float32", shape: [1, 2, 8000], data: samples } });
    const { mean, std } = await dataset.latents([index]);
    for (const [i, value] of mean.entries()) expect(Math.abs(value - Number(latents?.data[i]))).toBeLessThan(2e-3);
    expect(std?.every((value) => value > 0)).toBe(true);

    // Captions: one beside each of three videos, two of them the same; none is the empty text.
    expect(dataset.clips.map(({ texts }) => texts)).toEqual([["a cup falls"], ["a cup"], ["a cup"], [""], [""]]);
    expect(dataset.clips[1]?.textPlaces).toEqual(dataset.clips[2]?.textPlaces);
    const words = await runtime.load(backbone.text.graph(), backbone.text.weights);
    const tokenised = backbone.text.tokenise("a cup");
    const embedded = await words.run({
      ids: { dtype: "int64", shape: [1, text.length], data: tokenised.ids },
      mask: { dtype: "float32", shape: [1, text.length], data: tokenised.mask },
    });
    const { tokens: found, mask } = await dataset.textTokens([2, 1], () => 0);
    expect([...mask]).toEqual([1, 1, 0, 1, 1, 0]);
    for (const row of [0, 1])
      for (let i = 0; i < 3 * text.tokenWidth; i++)
        expect(Math.abs((found[row * 3 * text.tokenWidth + i] as number) - Number(embedded["tokens"]?.data[i]))).toBeLessThan(
          2e-3,
        );
    await dataset.close();
    await runtime.dispose();
  });

  test("do not depend on how many clips are worked on at once", async () => {
    const alone = join(folder, "alone");
    await prepareTiny(videos, alone, { jobs: 1 });
    for (const file of await readdir(alone))
      expect(await readFile(join(alone, file))).toEqual(await readFile(join(features, file)));
  });

  test("an encoder that prepares pictures itself gets them in their own size, in its own windows", async () => {
    const { encoder, backbone } = tinyParts();
    const sizes = new Set<string>();
    const directory = join(folder, "own");
    const own = {
      ...encoder,
      preprocess: ({ rgb, height, width }: { rgb: Uint8Array; height: number; width: number }) => {
        sizes.add(`${height}x${width}`);
        return new Float32Array(3 * 64 * 64).fill((rgb[0] as number) / 255);
      },
    };
    const wide = join(folder, "wide");
    await mkdir(wide);
    const grey = Array.from({ length: 16 }, (_, i) => new Uint8Array(48 * 96 * 3).fill(10 * i));
    const audio = { channels: [new Float32Array(16_000).fill(0.1)], sampleRate: 16_000 };
    await encodeVideo({ frames: grey, width: 96, height: 48, fps: 16, audio }, join(wide, "a.mp4"));
    await prepareTiny(wide, directory, { parts: { encoder: own, backbone } });
    expect([...sizes]).toEqual(["48x96"]);
  });

  test("long videos give several clips, each with its own stretch", async () => {
    const long = join(folder, "long");
    await sceneFolder(long, 1, 3.5);
    const list = join(long, "list.csv");
    await writeFile(
      list,
      'video,text,start,end,events,split\nclip-01.mp4,a cup,0.5,3,"0.25 1.5",train\nclip-01.mp4,a,2.75,3.25,,train\n',
    );
    const directory = join(folder, "long-out");
    await prepareTiny(long, directory);
    expect((await rowsOf(directory)).map(({ start }) => start)).toEqual([0, 1, 2]);
    const listed = join(folder, "listed");
    await prepareTiny(list, listed);
    expect((await rowsOf(listed)).map(({ key, events, outcome }) => [key, events, outcome])).toEqual([
      ["clip-01.mp4#0.5", [0.25], "prepared"],
      ["clip-01.mp4#1.5", [0.5], "prepared"],
      ["clip-01.mp4#2.75", undefined, "failed"],
    ]);
    const whole = await openPreparedDataset(directory);
    const parts = await Promise.all([0, 1, 2].map((index) => whole.video([index])));
    expect(parts[0]).not.toEqual(parts[1]);
    await whole.close();
  });
});

describe("going on", () => {
  test("a second run does nothing; a new video is the only work; a changed one is done again", async () => {
    const source = join(folder, "growing");
    await sceneFolder(source, 2);
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
    const many = join(folder, "many");
    await sceneFolder(many, 8);
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

  test("a line that was cut off is removed, a damaged one in the middle is named", async () => {
    const directory = join(folder, "torn");
    await prepareTiny(videos, directory);
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
    await writeFile(index, `{"key": 1}\n${whole.toString()}`);
    expect((await refusal(prepareTiny(videos, directory))).message).toMatch(/Line 1 of .*index\.jsonl is no row/);
  });
});

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
    const third = join(folder, "third");
    await prepareTiny(videos, third);
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
    const directory = join(folder, "damaged");
    await prepareTiny(videos, directory);
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

test("scorers of one's own see sound, pictures and caption, and rules see their scores", async () => {
  const seen: ClipEvidence[] = [];
  const scorer: ClipScorer = {
    specificationVersion: "v1",
    kind: "metric",
    id: "words",
    unit: "1",
    direction: "higher",
    needs: ["pictures"],
    compute: ([evidence]) => {
      seen.push(evidence as ClipEvidence);
      return (evidence as ClipEvidence).text.split(" ").filter(Boolean).length;
    },
  };
  const directory = join(folder, "scored");
  const rules = [parseRule("peakDb>=-60"), parseRule("words>=2")];
  expect((await prepareTiny(videos, directory, { scorers: [scorer], rules })).counts).toMatchObject({ prepared: 3, rejected: 2 });
  expect((await rowsOf(directory)).map(({ scores }) => scores?.["words"])).toEqual([3, 2, 2, 0, 0]);
  const [first] = seen as [ClipEvidence];
  expect([first.pictures.length, first.pictures[0]?.rgb.length, first.sound.channels[0]?.length]).toEqual([
    2,
    64 * 64 * 3,
    16_000,
  ]);
});

test("a WebDataset in, and one out", async () => {
  const archive = join(folder, "in.tar");
  const names = ["clip-01.mp4", "clip-01.txt", "clip-02.json", "clip-02.mp4"];
  execFileSync("tar", ["-cf", archive, "-C", videos, ...names]);
  const directory = join(folder, "from-tar");
  expect((await prepareTiny(archive, directory)).counts).toMatchObject({ prepared: 2, failed: 0 });
  const [packed, loose] = [await openPreparedDataset(directory), await openPreparedDataset(features)];
  expect(packed.clips.map(({ texts, source }) => [source.path, ...texts])).toEqual([
    ["clip-01.mp4", "a cup falls"],
    ["clip-02.mp4", "a cup"],
  ]);
  expect(await packed.video([0, 1])).toEqual(await loose.video([0, 1]));

  const out = join(folder, "out.tar");
  await exportTar(packed, out);
  const bytes = await readFile(out);
  const found = new Map<string, Uint8Array>();
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  for await (const { name, offset, size } of tarEntries(read, bytes.length, "out.tar")) found.set(name, await read(offset, size));
  const key = `00000001-${packed.clips[1]?.id?.slice(0, 8)}`;
  expect([...found.keys()].slice(3)).toEqual([`${key}.json`, `${key}.safetensors`, `${key}.txt`]);
  expect(new TextDecoder().decode(found.get(`${key}.txt`))).toBe("a cup");
  expect(JSON.parse(new TextDecoder().decode(found.get(`${key}.json`)))).toMatchObject({
    key: "clip-02.mp4#0",
    texts: ["a cup"],
  });
  const { entries } = await openSafetensors(join(directory, "clips-00000.safetensors"));
  const tensors = parseSafetensors(found.get(`${key}.safetensors`) as Uint8Array);
  expect([...tensors.names()].sort()).toEqual(["latents", "latentsStd", "video"]);
  // The second row of the shard, bit for bit.
  const { offset = 0, length = 0 } = entries.get("latents") ?? {};
  const shard = await readFile(join(directory, "clips-00000.safetensors"));
  const stored = tensors.get("latents")?.bytes;
  expect(stored?.kind === "memory" && Buffer.compare(stored.bytes, shard.subarray(offset + length / 2, offset + length))).toBe(0);
  await expect(exportTar(packed, join(folder, "out.zip"))).rejects.toThrow(/does not end in \.tar/);
  await Promise.all([packed.close(), loose.close()]);
});

test("the shards are plain safetensors", async () => {
  const { entries, metadata } = await openSafetensors(join(features, "clips-00000.safetensors"));
  expect(Object.fromEntries([...entries].map(([name, { dtype, shape }]) => [name, [dtype, ...shape]]))).toEqual({
    video: ["F16", 2, 8, 12],
    latents: ["F16", 2, 3, 250],
    latentsStd: ["F16", 2, 3, 250],
    textTokens: ["F16", 2, 3, 8],
    textMask: ["F32", 2, 3],
  });
  expect(metadata["format"]).toBe("foley-control/prepared-dataset@1");
});
