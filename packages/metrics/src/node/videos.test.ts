/** Pictures of real video files: the right frames of them, and what networks say of these. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeWav } from "@foley-control/media";
import { encodeVideo, openMedia } from "@foley-control/media/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkFeatures } from "../evaluate/network-features.js";
import { pickFrames } from "../frontends/pick-frames.test-support.js";
import { ibScore } from "../metrics/agreement.js";
import {
  NUMBERED,
  numbered,
  numberOf,
  smallImagebind,
  smallSynchformer,
  strikes,
} from "../networks/small-networks.test-support.js";
import { evaluateFolders } from "./evaluate-folders.js";
import { videoAt } from "./media-files.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-videos-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Drawn {
  readonly fps: number;
  readonly seconds: number;
  readonly sound?: Float32Array;
  readonly from?: number;
}

/** A video of numbered frames, and when each is shown. */
async function video(name: string, { fps, seconds, sound, from = 0 }: Drawn): Promise<Float64Array> {
  const count = Math.round(fps * seconds);
  const frames = Array.from({ length: count }, (_, i) => numbered(from + i));
  const audio = sound && { sampleRate: 24000, channels: [sound as Float32Array<ArrayBuffer>] };
  await mkdir(join(folder, name, ".."), { recursive: true });
  await encodeVideo({ frames, ...NUMBERED, fps, audio }, join(folder, name));
  return Float64Array.from({ length: count }, (_, i) => i / fps);
}

async function shown(name: string, rate: number, seconds: number, start?: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const frame of videoAt(join(folder, name), new Map(), { start }).frames({ rate, seconds }))
    numbers.push(numberOf(frame));
  return numbers;
}

describe("frames of files", () => {
  test.each([
    ["a.mp4", 30, 4],
    ["b.mp4", 24, 4],
    ["c.mp4", 25, 4],
    ["d.mov", 30000 / 1001, 4],
    ["e.webm", 30, 4],
    ["f.mp4", 12.5, 4],
  ])("%s at %f per second: those that ffmpeg hands on", async (name, fps, seconds) => {
    const times = await video(name, { fps, seconds });
    for (const rate of [25, 0.5]) expect(await shown(name, rate, seconds)).toEqual([...pickFrames(times, { rate, seconds })]);
  });

  test("a part of a file begins where it is said to", async () => {
    await video("part.mp4", { fps: 25, seconds: 6 });
    expect((await shown("part.mp4", 25, 1, 2)).slice(0, 3)).toEqual([50, 51, 52]);
    await expect(shown("part.mp4", 25, 5, 2)).rejects.toThrow(/has 100 frames at 25 per second; 125 are needed for 5 s/);
  });

  test("a video that is too short, a sound, and nothing are errors that say so", async () => {
    await video("short.mp4", { fps: 25, seconds: 0.8 });
    await expect(shown("short.mp4", 25, 1)).rejects.toThrow(/has 20 frames at 25 per second; 25 are needed/);
    await expect(shown("short.mp4", 0.5, 4)).rejects.toThrow(/has 0 frames at 0.5 per second; 2 are needed/);
    await writeFile(join(folder, "sound.mp4"), encodeWav({ sampleRate: 24000, channels: [strikes([0.5])] }));
    await expect(shown("sound.mp4", 25, 1)).rejects.toThrow(/has no picture/);
    await expect(shown("none.mp4", 25, 1)).rejects.toThrow(/does not exist/);
  });
});

describe("evaluateFolders over videos", () => {
  const runtime = nodeRuntime({ device: "cpu", worker: false });
  const see = smallImagebind();
  const sync = smallSynchformer();
  afterAll(() => runtime.dispose());
  const preset = { id: "pictures", about: "What needs pictures.", seconds: 4.8, metrics: ["ib-score", "desync"], strict: false };
  const networks = { runtime, networks: [see, sync] };

  test("picture of the true video, sound of generated sounds and of generated videos alike", async () => {
    const sound = strikes([0.5, 2], { seconds: 5 });
    await video("true/a.mp4", { fps: 30, seconds: 5, sound });
    await video("remade/a.mp4", { fps: 25, seconds: 5, sound, from: 1500 });
    // What the video holds, sample for sample: AAC changes a sound a little.
    using remade = await openMedia(join(folder, "remade/a.mp4"));
    await mkdir(join(folder, "made"), { recursive: true });
    await writeFile(join(folder, "made/a.wav"), encodeWav(await remade.audio(), { bits: "32f" }));
    await video("true/short.mp4", { fps: 30, seconds: 4, sound: strikes([1], { seconds: 4 }) });
    await writeFile(join(folder, "made/short.wav"), encodeWav({ sampleRate: 24000, channels: [strikes([1], { seconds: 5 })] }));
    const reports = await evaluateFolders({
      reference: join(folder, "true"),
      generated: { sounds: join(folder, "made"), videos: join(folder, "remade") },
      preset,
      cache: join(folder, "features"),
      ...networks,
    });
    const [sounds, videos] = reports;
    const scores = reports.map(({ results }) => results.map(({ perClip }) => perClip));
    expect(Object.keys(scores[0]?.[0] ?? {})).toEqual(["a", "short"]);
    expect(Object.keys(scores[0]?.[1] ?? {})).toEqual(["a"]);
    for (const [i, clips] of (scores[1] ?? []).entries())
      for (const [name, value] of Object.entries(clips)) expect(value).toBeCloseTo(scores[0]?.[i]?.[name] as number, 4);
    expect(sounds?.failures).toEqual([
      { name: "short", features: ["video/synchformer"], reason: expect.stringMatching(/has 100 frames at 25 per second; 120/) },
    ]);
    expect(videos).toMatchObject({ pairs: 1, onlyReference: ["short"], failures: [] });
    expect(sounds?.madeBy).toHaveLength(4);
    // The same number from the frames that ffmpeg's rule names, drawn anew.
    const { see: looks, hear: hears } = networkFeatures([see], { runtime, seconds: 4.8 });
    const [look, hear] = [looks[0], hears[0]];
    const picked = pickFrames(
      Float64Array.from({ length: 150 }, (_, i) => i / 30),
      { rate: 0.5, seconds: 5 },
    );
    const frames = [...picked].map((index) => ({ rgb: numbered(index), ...NUMBERED }));
    const seen = (await look?.compute(frames))?.["imagebind"];
    using made = await openMedia(join(folder, "made/a.wav"));
    const heard = (await hear?.compute(await made.audio()))?.["imagebind"];
    const features = { "video/imagebind": seen, "generated/imagebind": heard };
    expect(scores[0]?.[0]?.["a"]).toBeCloseTo(ibScore.clip({ name: "a", features }) as number, 2);
    await Promise.all([look?.dispose(), hear?.dispose()]);
  });

  test("a folder of videos beside true sounds, or in place of them; without any picture the clip is named", async () => {
    const [report] = await evaluateFolders({
      videos: join(folder, "true"),
      generated: { made: join(folder, "made") },
      preset,
      cache: join(folder, "features"),
      ...networks,
    });
    expect(report).toMatchObject({ pairs: 2, onlyReference: [], onlyGenerated: [] });
    expect(report?.results[0]?.clips).toBe(2);
    const [blind] = await evaluateFolders({ generated: { made: join(folder, "made") }, preset, ...networks });
    expect(blind?.failures.map(({ name, reason }) => [name, reason])).toEqual(
      ["a", "short"].map((name) => [name, "There is no picture."]),
    );
    expect(blind?.onlyGenerated).toEqual([]);
  });

  test("clips below 4.8 s have no DeSync, and the evaluation goes on", async () => {
    const [report] = await evaluateFolders({
      reference: join(folder, "true"),
      generated: { made: join(folder, "made") },
      preset: { ...preset, seconds: 4 },
      ...networks,
    });
    const [ib, desync] = report?.results ?? [];
    expect(ib?.clips).toBe(2);
    expect(desync).toMatchObject({ value: undefined, clips: 0 });
    expect(report?.failures.map(({ reason }) => reason).join()).toMatch(/4 s is too short for DeSync; expected at least 4.8 s/);
  });
});
