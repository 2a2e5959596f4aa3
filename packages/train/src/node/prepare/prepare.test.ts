/** From videos to shards and back: what is written, and what is given on. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeVideo, openMedia, resamplePcm } from "@foley-control/media/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { encodeSegments, segmentPixels } from "@foley-control/video-encoder";
import { parseSafetensors } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ClipEvidence, ClipScorer } from "../../data/clip-scorer.js";
import { parseRule } from "../../data/rules.js";
import { tarEntries } from "../../data/tar.js";
import { exportTar } from "./export-tar.js";
import type { PrepareReport } from "./prepare.js";
import { CLIP_SECONDS, captionedFolder, prepareTiny, rowsOf, sceneFolder, tinyParts } from "./prepare.test-support.js";
import { openPreparedDataset } from "./prepared-dataset.js";

// Videos are encoded and decoded, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
let folder = "";
let videos = "";
let features = "";
let first: PrepareReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-prepare-"));
  videos = join(folder, "videos");
  await captionedFolder(videos);
  features = join(folder, "features");
  first = await prepareTiny(videos, features, { jobs: 3 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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
    const { tokens } = await encodeSegments(network, encoder, segmentPixels(encoder, pictures, encoder.imageSize));
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
