import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DeviceTensor,
  type Executable,
  FoleyError,
  type PlainTensor,
  type Runtime,
  type VideoEncoder,
} from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia, videoPacketDigest } from "@foley-control/media/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { detectOnsets } from "@foley-control/signal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFoley as createAnywhere } from "./create.js";
import { encodeVideo } from "./generate/video-tokens.js";
import { temporaryScratch } from "./node/temporary-scratch.js";
import { createFoley, type Foley, type NodeTake, type SoundScratch } from "./node.js";
import { quickMini } from "./quick-mini.test-support.js";

const clip = goldenPath("clips/h264-aac.mp4");
const webm = goldenPath("clips/vp9-opus.webm");
const mini = quickMini();
const quick = { steps: 2, prompt: "a metal ball" } as const;

const native = nodeRuntime({ device: "cpu", worker: false });
let folder: string;
let foley: Awaited<ReturnType<typeof createFoley>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-pipeline-"));
  foley = await createFoley({ ...mini, runtime: native });
});
afterAll(async () => {
  await foley.dispose();
  await native.dispose();
  await rm(folder, { recursive: true, force: true });
});

const failure = async (work: Promise<unknown>): Promise<FoleyError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(FoleyError.isInstance(error), String(error)).toBe(true);
  return error as FoleyError;
};
const distance = (a: NodeTake, b: NodeTake): number => {
  let largest = 0;
  for (let i = 0; i < a.audio.data.length; i++)
    largest = Math.max(largest, Math.abs((a.audio.data[i] as number) - (b.audio.data[i] as number)));
  return largest;
};

describe("the road of one clip", () => {
  it("says that it could be faster where the native runtime is missing, and nothing of the kind where it computes", async () => {
    const reason = "The package onnxruntime-node is not installed. Install it.";
    const runtime: Runtime = {
      ...native,
      capabilities: async () => ({
        ...(await native.capabilities()),
        device: "wasm",
        selfTest: { passed: true, maxError: 0, fellBackFrom: "cpu", reason },
      }),
    };
    await using slow = await createFoley({ ...mini, runtime });
    const { diagnostics } = await slow.generate({ ...quick, duration: 1 });
    const message = `Networks are computed in WebAssembly, which is several times slower. ${reason}`;
    expect(diagnostics.warnings).toEqual([{ code: "slow", message, values: {} }]);
    expect((await foley.generate({ ...quick, duration: 1 })).diagnostics.warnings).toEqual([]);
  });
  it("gives exactly as much sound as the picture lasts, below the ceiling, and says how", async () => {
    const events: string[] = [];
    const take = await foley.generate({ ...quick, video: clip, onProgress: ({ type }) => events.push(type) });
    expect(take.audio.shape).toEqual([1, 1, Math.round(take.duration * 24_000)]);
    expect(take.duration).toBeCloseTo(2, 6);
    expect(take.audio.data.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeLessThanOrEqual(
      10 ** (-1 / 20) + 1e-6,
    );
    expect(take.audio.data.every(Number.isFinite)).toBe(true);
    expect(Math.abs(take.audio.data.at(-1) as number)).toBe(0);
    expect(take.diagnostics).toMatchObject({ videoTokens: 64, latentFrames: 94, branches: ["none", "full"] });
    expect(new Set(events)).toEqual(new Set(["read-progress", "encode-progress", "step-end", "decode-progress"]));
  });
  it("is the same for the same seed, byte for byte, and another for another seed, prompt, picture or strength", async () => {
    const make = (more: Partial<Parameters<Foley<string, NodeTake>["generate"]>[0]>) =>
      foley.generate({ ...quick, video: clip, seed: 7, ...more });
    const first = await make({});
    expect(Buffer.compare(first.toWav(), (await make({})).toWav())).toBe(0);
    expect(distance(first, await make({ seed: 8 }))).toBeGreaterThan(0.01);
    expect(distance(first, await make({ prompt: "rain on water" }))).toBeGreaterThan(1e-4);
    const blind = await make({ videoStrength: 0 });
    expect(distance(first, blind)).toBeGreaterThan(1e-4);
    expect(distance(blind, await make({ videoGuidanceScale: 0 }))).toBe(0);
    expect(distance(first, await make({ videoStrength: 0.5 }))).toBeGreaterThan(1e-4);
  });
  it("works without a video when it is told how long", async () => {
    const take = await foley.generate({ ...quick, duration: 1.2345 });
    expect(take.audio.shape[2]).toBe(Math.round(1.2345 * 24_000));
    expect(take.diagnostics.videoTokens).toBe(0);
    expect((await failure(take.toVideo())).code).toBe("no-video");
    expect((await failure(take.writeVideo(new WritableStream()))).code).toBe("no-video");
    expect((await failure(foley.generate(quick))).message).toMatch(/options\.duration is undefined/);
  });
  it("is the same wherever the sound lies, and says so where it cannot be read at once", async () => {
    const asked = { ...quick, video: clip, start: 0.5, duration: 1 };
    const [inMemory, onDisk] = [await foley.generate(asked), await foley.generate({ ...asked, scratch: temporaryScratch() })];
    const paths = ["wav", "flac", "mp4"].map(
      (ending) => [join(folder, `memory.${ending}`), join(folder, `disk.${ending}`)] as const,
    );
    for (const [memory, disk] of paths) {
      const write = (take: NodeTake, path: string) => (path.endsWith("mp4") ? take.saveVideo(path) : take.saveAudio(path));
      await write(inMemory, memory);
      await write(onDisk, disk);
      expect(Buffer.compare(await readFile(memory), await readFile(disk))).toBe(0);
    }
    expect(onDisk.audio).toEqual(inMemory.audio);
    const inParts: SoundScratch = {
      async begin(shape) {
        const writer = await temporaryScratch().begin(shape);
        return { ...writer, end: async () => ({ ...(await writer.end()), whole: undefined as never }) };
      },
    };
    const partly = await foley.generate({ ...asked, scratch: inParts });
    expect(() => partly.audio).toThrow(/lies where it can be read in parts only/);
    expect((await partly.sound.read(100, 200))[0]).toEqual(inMemory.audio.data.slice(100, 200));
    expect(await partly.onsets()).toEqual(detectOnsets(inMemory.audio.data, inMemory.sampleRate));
  });
  it("takes a part, and puts its sound where the part is", async () => {
    const take = await foley.generate({ ...quick, video: clip, start: 0.5, duration: 1 });
    expect(take).toMatchObject({ start: 0.5, duration: 1 });
    const path = join(folder, "part.mp4");
    await take.saveVideo(path);
    using media = await openMedia(path);
    const { channels, sampleRate } = await media.audio();
    const loudest = (from: number, to: number) =>
      (channels[0] as Float32Array)
        .subarray(from * sampleRate, to * sampleRate)
        .reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
    expect(loudest(0, 0.45)).toBeLessThan(0.05);
    expect(loudest(0.55, 1.45)).toBeGreaterThan(0.2);
    const parts: Uint8Array[] = [];
    await take.writeVideo(new WritableStream({ write: (part) => void parts.push(part) }));
    using streamed = await openMedia(Buffer.concat(parts));
    expect((await streamed.audio()).channels).toEqual(channels);
  });
});

describe("what the encoder sees", () => {
  const encoder: VideoEncoder = {
    ...mini.encoder,
    contacts: undefined,
    context: 0,
    window: 64,
    frameRate: 16,
    tokenRate: 8,
  };
  const [height, width] = encoder.imageSize;
  it("is a picture in its own size where the encoder prepares it itself", async () => {
    using media = await openMedia(clip);
    const { video } = media.info;
    const sizes = new Set<string>();
    let prepared = 0;
    const preparing: VideoEncoder = {
      ...encoder,
      preprocess: (frame) => {
        prepared++;
        sizes.add(`${frame.height}×${frame.width}×3: ${frame.rgb.length}`);
        return new Float32Array(3 * height * width).fill(sizes.size);
      },
    };
    const seen: PlainTensor[] = [];
    const executable = {
      run: async ({ pixels }: Record<string, PlainTensor | DeviceTensor>) => {
        seen.push(pixels as PlainTensor);
        const shape = [1, 32, encoder.tokenWidth];
        return { tokens: { dtype: "float32", shape, data: new Float32Array(32 * encoder.tokenWidth) } as const };
      },
    } as unknown as Executable;
    const { tokens } = await encodeVideo(media, preparing, executable, { start: 0, duration: 0.33 }, { seconds: 4 });
    const [rows, columns] = [video?.height as number, video?.width as number];
    expect([...sizes]).toEqual([`${rows}×${columns}×3: ${3 * rows * columns}`]);
    expect([rows, columns]).not.toEqual([height, width]);
    // 5.28 frames: what is shown for less than a frame does not count; then the clip stands still.
    expect(prepared).toBe(5);
    expect(seen.map(({ shape }) => shape)).toEqual([[1, encoder.window, 3, height, width]]);
    expect(new Set(seen[0]?.data as Float32Array)).toEqual(new Set([1]));
    expect(tokens.shape).toEqual([1, 32, encoder.tokenWidth]);
  });
  it("goes window by window: pictures are read when the window before them has been encoded", async () => {
    using media = await openMedia(clip);
    let prepared = 0;
    const narrow: VideoEncoder = {
      ...encoder,
      window: 8,
      preprocess: () => {
        prepared++;
        return new Float32Array(3 * height * width);
      },
    };
    const atRun: number[] = [];
    const executable = {
      run: async () => {
        atRun.push(prepared);
        return {
          tokens: {
            dtype: "float32",
            shape: [1, 4, encoder.tokenWidth],
            data: new Float32Array(4 * encoder.tokenWidth),
          } as const,
        };
      },
    } as unknown as Executable;
    await encodeVideo(media, narrow, executable, { start: 0, duration: 2 }, { seconds: 2 });
    expect(atRun).toHaveLength(4);
    for (const [i, count] of atRun.entries()) expect(count).toBeLessThanOrEqual(8 * (i + 1));
  });
});

describe("files", () => {
  it("copies the picture bit for bit and writes sound at 48 kHz, whole files only", async () => {
    const take = await foley.generate({ ...quick, video: clip });
    await take.saveVideo(join(folder, "out.mp4"));
    await take.saveAudio(join(folder, "out.wav"));
    await take.saveAudio(join(folder, "out.flac"));
    using before = await openMedia(clip);
    using after = await openMedia(join(folder, "out.mp4"));
    expect(await videoPacketDigest(after)).toEqual(await videoPacketDigest(before));
    const wav = await readFile(join(folder, "out.wav"));
    expect([wav.readUInt32LE(24), wav.readUInt16LE(34), wav.readUInt32LE(40) / 3]).toEqual([
      48_000,
      24,
      Math.round(take.duration * 48_000),
    ]);
    expect((await readdir(folder)).filter((name) => name.includes("partial"))).toEqual([]);
    expect((await failure(take.saveVideo(clip))).code).toBe("not-writable");
    expect((await failure(take.saveAudio(clip))).code).toBe("unsupported");
  });
  it("reads webm and bytes in memory", async () => {
    const take = await foley.generate({ ...quick, video: new Uint8Array(await readFile(webm)) });
    expect((await take.toVideo()).length).toBeGreaterThan(10_000);
    await using runtime = nodeRuntime({ device: "cpu", worker: false });
    await using other = createAnywhere({ ...mini, runtime });
    expect((await other.generate({ ...quick, duration: 1 })).audio.shape[2]).toBe(24_000);
  });
});

describe("what is refused", () => {
  const cases: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ["no steps", { steps: 0 }, /options\.steps is 0; a whole number from 1 to 1000/],
    ["half a step", { steps: 1.5 }, /options\.steps is 1\.5/],
    ["guidance that is no number", { guidanceScale: Number.NaN }, /options\.guidanceScale is NaN/],
    ["strength beyond 2", { videoStrength: 3 }, /options\.videoStrength is 3; a number from 0 to 2/],
    ["half a seed", { seed: 0.5 }, /options\.seed is 0\.5; an integer/],
    ["a prompt that is no text", { prompt: 7 }, /options\.prompt is 7; text/],
    ["an unknown solver", { solver: "magic" }, /options\.solver is "magic"; one of/],
    ["a start beyond the end", { start: 5 }, /options\.start is 5; less than the 2 s/],
    ["more than there is", { duration: 9 }, /options\.duration is 9; at most 2 s/],
  ];
  it.each(cases)("%s", async (_, more, message) => {
    const error = await failure(foley.generate({ ...quick, video: clip, ...more }));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toMatch(message);
  });
  it("a precision that does not exist", async () => {
    expect((await failure(createFoley({ ...mini, runtime: { precision: "fp8" as never } }))).message).toMatch(
      /precision is "fp8", expected one of float32, float16, int8/,
    );
  });
  it("parts that do not belong together", async () => {
    const stranger = { ...mini.bridge, config: { ...mini.bridge.config, backbone: "somebody/else@1" } };
    expect((await failure(createFoley({ backbone: mini.backbone, encoder: mini.encoder, bridge: stranger }))).message).toMatch(
      /trained for the backbone "somebody\/else@1"/,
    );
    expect((await failure(createFoley({ bridge: mini.bridge }))).message).toMatch(/Only options\.bridge was given/);
  });
  it("work that was aborted, with the reason of whoever aborted it", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const work = foley.generate({
      ...quick,
      steps: 50,
      video: clip,
      signal: controller.signal,
      onProgress: ({ type }) => type === "step-end" && controller.abort(reason),
    });
    await expect(work).rejects.toBe(reason);
  });
  it("a disposed pipeline", async () => {
    const other = await createFoley({ ...mini, runtime: { device: "cpu", worker: false } });
    await other.dispose();
    await other.dispose();
    expect((await failure(other.generate(quick))).code).toBe("disposed");
  });
});

describe("long text", () => {
  it.each([
    ["nothing", ""],
    ["100,000 characters", "a metal ball ".repeat(7693)],
    ["emoji", "🥁🎻 👩‍🚀"],
  ])("%s", async (_, prompt) => {
    expect((await foley.generate({ steps: 1, duration: 0.5, prompt })).audio.shape[2]).toBe(12_000);
  });
});
